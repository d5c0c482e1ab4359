import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserSchema } from '../../shared/contracts/configuration.ts';
import { closeOrganization, getOrganization } from '../../shared/store/organizations.ts';
import { createUser } from '../../shared/store/user-writes.ts';
import { putUser, readUser } from '../../shared/store/users.ts';
import { newEmail } from '../support/api-requests.ts';
import { ORGANIZATION, pathOf, USER } from '../support/api-seed.ts';
import { type Answer, type Api, startWorld, type World } from '../support/api-world.ts';
import { newId } from '../support/builders.ts';

let world: World;
let api: Api;
const tokens: Record<'admin' | 'shopAdmin' | 'stranger' | 'agent' | 'guest', string> = {
  admin: '',
  shopAdmin: '',
  stranger: '',
  agent: '',
  guest: '',
};
const PASSWORD = 'correct horse';
const SHOP_ADMIN = newId();
const membershipOf = (organization: string, role: 'guest' | 'agent' | 'bot' | 'admin' = 'agent') => ({
  organization,
  orgPath: pathOf(organization),
  role,
});
beforeAll(async () => {
  world = await startWorld();
  api = world.createApi();
  await putUser(
    world.table,
    UserSchema.parse({ id: SHOP_ADMIN, organizations: [membershipOf(ORGANIZATION.shop, 'admin')] }),
  );
  tokens.admin = await world.token(USER.admin, 'admin');
  tokens.shopAdmin = await world.token(SHOP_ADMIN, 'admin');
  tokens.stranger = await world.token(USER.stranger, 'admin');
  tokens.agent = await world.token(USER.agent, 'agent');
  tokens.guest = await world.token(USER.guest, 'guest');
});
afterAll(() => world?.stop());

const call = (method: string, path: string, body?: object, token = tokens.admin): Promise<Answer> =>
  api.send({
    method,
    path: `/v2/users${path}`,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
const inShop = { organizations: [{ organization: ORGANIZATION.shop, role: 'agent' }] };
const made = async (body: object = {}): Promise<{ id: string }> => {
  const answer = await call('POST', '', { name: 'Ada', ...inShop, ...body });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body;
};
/** Of the shop and of another organization, which nobody of the shop's reaches. */
const shared = async (): Promise<string> => {
  const id = newId();
  const organizations = [
    { ...membershipOf(ORGANIZATION.shop), selected: true },
    membershipOf(ORGANIZATION.other, 'bot'),
  ];
  await putUser(world.table, UserSchema.parse({ id, name: 'Shared', organizations }));
  return id;
};
const logIn = (email: string, password = PASSWORD) => api.post('/v2/auth/token', { email, password });
const idsOf = (answer: Answer): string[] => answer.body.map(({ id }: { id: string }) => id);
const itemsOf = async (text: string) => (await world.items()).filter((item) => JSON.stringify(item).includes(text));

describe('a new user', () => {
  it('shows what they were given but the password, and logs in with it', async () => {
    const email = newEmail();
    const given = {
      name: 'Ada L.',
      givenName: 'Ada',
      familyName: 'Lovelace',
      email,
      avatar: 'https://example.com/ada.png',
      rate: 5,
      meta: { team: 'a' },
    };
    const organizations = [{ organization: ORGANIZATION.shop.toUpperCase(), role: 'bot' }];
    const { status, body } = await call('POST', '', { ...given, password: PASSWORD, organizations });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      ...given,
      status: 'active',
      organizations: [{ ...membershipOf(ORGANIZATION.shop, 'bot'), selected: false }],
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: body.createdAt,
    });
    expect((await call('GET', `/${body.id}`)).body).toEqual(body);
    expect((await logIn(email.toUpperCase())).body).toMatchObject({ user: body.id, scope: 'bot' });
    expect(JSON.stringify(await itemsOf(body.id))).not.toContain(PASSWORD);
  });

  it("belongs to the token's organization as an agent when nothing is said", async () => {
    const { status, body } = await call('POST', '', { givenName: 'Grace', familyName: 'Hopper' }, tokens.shopAdmin);
    expect([status, body.name]).toEqual([404, undefined]);
    const own = await call('POST', '', { givenName: 'Grace', familyName: 'Hopper' });
    expect(own.body).toMatchObject({
      name: 'Grace Hopper',
      organizations: [{ ...membershipOf(ORGANIZATION.root, 'agent'), selected: false }],
    });
  });

  it('has an address made of their id when they are a bot, and none otherwise', async () => {
    const bot = await call('POST', '', { organizations: [{ organization: ORGANIZATION.shop, role: 'bot' }] });
    expect(bot.body.email).toBe(`bot+${bot.body.id}@api.example.com`);
    expect((await call('POST', '', inShop)).body).not.toHaveProperty('email');
  });

  it.each([
    ['viewer', 'guest'],
    ['owner', 'admin'],
  ])('named %s is shown as %s', async (old, role) => {
    const organizations = [{ organization: ORGANIZATION.shop, role: old }];
    expect((await call('POST', '', { organizations })).body.organizations[0].role).toBe(role);
  });

  it.each<[string, object, string]>([
    ['an address that is none', { email: 'nobody' }, 'email'],
    ['a password without an address', { password: PASSWORD }, 'email'],
    ['a short password', { email: 'a@example.com', password: 'short' }, 'password'],
    [
      'a role that is none',
      { organizations: [{ organization: ORGANIZATION.shop, role: 'king' }] },
      'organizations.0.role',
    ],
    ['no organization', { organizations: [] }, 'organizations'],
    ['one organization twice', { organizations: [inShop.organizations[0], inShop.organizations[0]] }, 'organizations'],
    ['a status that is none', { status: 'asleep' }, 'status'],
    ['a rate of nothing', { rate: 0 }, 'rate'],
  ])('is refused with %s', async (_what, body, path) => {
    const answer = await call('POST', '', { name: 'Ada', ...body });
    expect([answer.status, answer.body.error.details[0]?.path]).toEqual([400, path]);
  });

  it('is refused with the address of another user, whose organization it never says', async () => {
    const email = newEmail();
    await made({ email });
    const foreign = { organizations: [{ organization: ORGANIZATION.other }] };
    const { status, body } = await call('POST', '', { ...foreign, email: email.toUpperCase() }, tokens.stranger);
    expect([status, body.error.code]).toEqual([409, 'user_exists']);
    expect(JSON.stringify(body)).not.toContain(ORGANIZATION.shop);
  });

  it('is one, of many with the same address at once', async () => {
    const email = newEmail();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => call('POST', '', { name: 'Twin', email, ...inShop })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(409)]);
    const twins = (await call('GET', `?organization=${ORGANIZATION.shop}&name=Twin`)).body;
    expect(twins).toHaveLength(1);
  });

  it.each<[keyof typeof tokens, string]>([
    ['shopAdmin', ORGANIZATION.root],
    ['shopAdmin', ORGANIZATION.bare],
    ['stranger', ORGANIZATION.shop],
    ['admin', ORGANIZATION.other],
  ])('is not made by %s where they have no say (%s), nor half', async (who, organization) => {
    const before = await world.items();
    const organizations = [...(who === 'shopAdmin' ? inShop.organizations : []), { organization, role: 'admin' }];
    const answer = await call('POST', '', { name: 'Spy', organizations }, tokens[who]);
    expect([answer.status, answer.body.error.message]).toEqual([404, 'Organization not found']);
    expect(await world.items()).toHaveLength(before.length);
  });

  it('is not of an organization that is being deleted', async () => {
    const { body } = await api.post(
      '/v2/organizations',
      { name: 'Going' },
      { authorization: `Bearer ${tokens.admin}` },
    );
    const seen = await getOrganization(world.table, body.id);
    if (!seen) throw new Error('It was made just now.');
    await closeOrganization(world.table, seen, 1);
    const user = UserSchema.parse({ id: newId(), organizations: [{ organization: body.id, orgPath: body.path }] });
    expect(await createUser(world.table, user)).toBe('organization gone');
    expect(await readUser(world.table, user.id)).toBeUndefined();
  });
});

describe('reading users', () => {
  it.each(['agent', 'guest'] as const)('is for %s of themself alone', async (who) => {
    const own = await call('GET', `/${USER[who]}`, undefined, tokens[who]);
    expect([own.status, own.body.id]).toEqual([200, USER[who]]);
    expect((await call('GET', `/${USER.bot}`, undefined, tokens[who])).status).toBe(403);
    expect((await call('GET', '', undefined, tokens[who])).status).toBe(403);
  });

  it('shows of somebody who works elsewhere too what is in reach, and to themself all', async () => {
    const id = await shared();
    const organizationsFor = async (token: string) =>
      (await call('GET', `/${id}`, undefined, token)).body.organizations.map(
        ({ organization }: { organization: string }) => organization,
      );
    expect(await organizationsFor(tokens.admin)).toEqual([ORGANIZATION.shop]);
    expect(await organizationsFor(tokens.stranger)).toEqual([ORGANIZATION.other]);
    expect(await organizationsFor(await world.token(id, 'agent'))).toEqual([ORGANIZATION.shop, ORGANIZATION.other]);
  });

  it('lists those who belong to an organization itself', async () => {
    const { id } = await made();
    const shop = idsOf(await call('GET', `?organization=${ORGANIZATION.shop}`));
    expect(shop).toEqual(expect.arrayContaining([id, USER.agent, USER.guest, USER.bot]));
    expect(shop).not.toContain(USER.admin);
    expect(idsOf(await call('GET', `?organizations.organization=${ORGANIZATION.shop}`))).toEqual(shop);
    expect(idsOf(await call('GET', ''))).toContain(USER.admin);
    expect(idsOf(await call('GET', `?id=${id}`))).toEqual([id]);
    expect(idsOf(await call('GET', `?id=${id}&organization=${ORGANIZATION.bare}`))).toEqual([]);
  });

  it.each<[string, (id: string) => string, string]>([
    ['by name', () => 'name=~Unusual', 'found'],
    ['by role', () => 'organizations.role=admin&name=Unusual', ''],
    ['by meta', () => 'meta.key=unusual', 'found'],
    ['by id', (id) => `id=[${id}]`, 'found'],
    ['by id and status', (id) => `id=${id}&status=inactive`, ''],
  ])('lists %s', async (_what, query, expected) => {
    const { id } = await made({ name: 'Unusual', meta: { key: 'unusual' } });
    const found = idsOf(await call('GET', `?organization=${ORGANIZATION.shop}&${query(id)}&sort=-createdAt&limit=1`));
    await call('DELETE', `/${id}`);
    expect(found).toEqual(expected === 'found' ? [id] : []);
  });

  it('lists nobody of a foreign organization, by whatever name', async () => {
    expect((await call('GET', `?organization=${ORGANIZATION.shop}`, undefined, tokens.stranger)).status).toBe(404);
    expect((await call('GET', `?id=[${USER.agent},${USER.bot}]`, undefined, tokens.stranger)).body).toEqual([]);
    const { id } = await made();
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      const body = method === 'PATCH' ? { name: 'Mine' } : undefined;
      const foreign = await call(method, `/${id}`, body, tokens.stranger);
      expect(foreign.status).toBe(404);
      expect(foreign.body).toEqual((await call(method, `/${newId()}`, body, tokens.stranger)).body);
    }
    expect((await readUser(world.table, id))?.name).toBe('Ada');
  });
});

describe('a changed user', () => {
  it('has what was named replaced whole, what was null cleared, and the rest as it was', async () => {
    const { id, ...before } = await made({ givenName: 'Ada', email: newEmail(), meta: { a: 1 }, rate: 5 });
    const { status, body } = await call('PATCH', `/${id}`, {
      name: null,
      meta: { b: 2 },
      rate: null,
      status: 'inactive',
    });
    expect(status).toBe(200);
    const { rate: _rate, ...kept } = before as { rate?: number };
    expect(body).toEqual({
      id,
      ...kept,
      name: 'Ada',
      meta: { b: 2 },
      status: 'inactive',
      updatedAt: expect.any(String),
    });
    expect((await call('GET', `/${id}`)).body).toEqual(body);
  });

  it('logs in with the new address alone, and the old one is free', async () => {
    const [before, after] = [newEmail(), newEmail()];
    const { id } = await made({ email: before, password: PASSWORD });
    expect((await call('PATCH', `/${id}`, { email: after })).status).toBe(200);
    expect((await logIn(before)).status).toBe(401);
    expect((await logIn(after)).body.user).toBe(id);
    await made({ email: before });
    const taken = await call('PATCH', `/${id}`, { email: before, name: 'Thief' });
    expect([taken.status, taken.body.error.code]).toEqual([409, 'user_exists']);
    expect((await call('GET', `/${id}`)).body).toMatchObject({ email: after, name: 'Ada' });
    expect((await logIn(after)).status).toBe(201);
  });

  it('keeps the login when the same address is written otherwise', async () => {
    const email = newEmail();
    const { id } = await made({ email, password: PASSWORD });
    expect((await call('PATCH', `/${id}`, { email: email.toUpperCase() })).body.email).toBe(email.toUpperCase());
    expect((await logIn(email)).status).toBe(201);
  });

  it('is out of the tokens of earlier logins when the password changes', async () => {
    const email = newEmail();
    const { id } = await made({ email, password: PASSWORD });
    const { token } = (await logIn(email)).body;
    expect((await call('GET', `/${id}`, undefined, token)).status).toBe(200);
    await call('PATCH', `/${id}`, { password: 'another one' });
    expect((await call('GET', `/${id}`, undefined, token)).status).toBe(401);
    expect((await logIn(email)).status).toBe(401);
    expect((await logIn(email, 'another one')).status).toBe(201);
  });

  it('has no tokens while they are inactive', async () => {
    const { id } = await made();
    const token = await world.token(id, 'agent');
    expect((await call('GET', `/${id}`, undefined, token)).status).toBe(200);
    await call('PATCH', `/${id}`, { status: 'inactive' });
    expect((await call('GET', `/${id}`, undefined, token)).status).toBe(401);
  });

  it('is listed where they belong from then on', async () => {
    const { id } = await made();
    await call('PATCH', `/${id}`, { organizations: [{ organization: ORGANIZATION.bare, role: 'bot' }] });
    expect(idsOf(await call('GET', `?organization=${ORGANIZATION.bare}`))).toContain(id);
    expect(idsOf(await call('GET', `?organization=${ORGANIZATION.shop}`))).not.toContain(id);
    const members = (await world.items()).filter(({ pk, sk }) => String(pk).startsWith('J#') && sk === id);
    expect(members.map(({ pk }) => pk)).toEqual([`J#${ORGANIZATION.bare}`]);
  });

  it('who works elsewhere too is changed by each where they have a say, and in nothing else', async () => {
    const id = await shared();
    const refused = await call('PATCH', `/${id}`, { name: 'Mine' });
    expect([refused.status, refused.body.error.code]).toEqual([403, 'forbidden']);
    expect((await call('PATCH', `/${id}`, { password: 'taken over' })).status).toBe(403);
    const own = await call('PATCH', `/${id}`, { organizations: [{ organization: ORGANIZATION.bare, role: 'admin' }] });
    expect(own.status).toBe(200);
    expect(own.body.organizations).toEqual([{ ...membershipOf(ORGANIZATION.bare, 'admin'), selected: false }]);
    expect((await readUser(world.table, id))?.organizations).toEqual([
      membershipOf(ORGANIZATION.other, 'bot'),
      membershipOf(ORGANIZATION.bare, 'admin'),
    ]);
    expect((await call('PATCH', `/${id}`, { organizations: [] })).status).toBe(200);
    expect((await call('GET', `/${id}`)).status).toBe(404);
    expect((await readUser(world.table, id))?.organizations).toEqual([membershipOf(ORGANIZATION.other, 'bot')]);
  });

  it('belongs to one organization at least', async () => {
    const { id } = await made();
    const { status, body } = await call('PATCH', `/${id}`, { organizations: [] });
    expect([status, body.error.details[0]?.path]).toEqual([400, 'organizations']);
  });

  it('is given no role out of reach', async () => {
    const { id } = await made();
    const organizations = [...inShop.organizations, { organization: ORGANIZATION.root, role: 'admin' }];
    expect((await call('PATCH', `/${id}`, { organizations }, tokens.shopAdmin)).status).toBe(404);
    expect((await readUser(world.table, id))?.organizations).toEqual([membershipOf(ORGANIZATION.shop)]);
  });

  it('has the changes of all who changed them at once', async () => {
    const { id } = await made();
    const fields = ['name', 'givenName', 'familyName'];
    const answers = await Promise.all(fields.map((field) => call('PATCH', `/${id}`, { [field]: field })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await call('GET', `/${id}`)).body).toMatchObject({
      name: 'name',
      givenName: 'givenName',
      familyName: 'familyName',
    });
  });

  it('is found exactly where they belong, whoever moved them at once', async () => {
    const { id } = await made();
    const places = [ORGANIZATION.bare, ORGANIZATION.brazil, ORGANIZATION.sparing, ORGANIZATION.strict];
    await Promise.all(places.map((organization) => call('PATCH', `/${id}`, { organizations: [{ organization }] })));
    const members = (await world.items()).filter(({ pk, sk }) => String(pk).startsWith('J#') && sk === id);
    const belongs = (await readUser(world.table, id))?.organizations.map(({ organization }) => `J#${organization}`);
    expect(members.map(({ pk }) => pk)).toEqual(belongs);
  });

  it('keeps what a login and the end of tokens wrote meanwhile', async () => {
    const email = newEmail();
    const { id } = await made({ email, password: PASSWORD });
    await logIn(email);
    await call('DELETE', `/${id}/tokens`);
    await call('PATCH', `/${id}`, { name: 'Renamed' });
    const [head] = (await world.items()).filter(({ pk, sk }) => pk === `U#${id}` && sk === '@');
    expect(head).toMatchObject({
      name: 'Renamed',
      lastLoginAt: expect.any(Number),
      tokensValidFrom: expect.any(Number),
      passwordHash: expect.any(String),
    });
  });
});

describe('deleting a user', () => {
  it('leaves nothing of them: no login, token or membership', async () => {
    const email = newEmail();
    const { id } = await made({ email, password: PASSWORD });
    const { token } = (await logIn(email)).body;
    await call('POST', `/${id}/tokens`, { name: 'CRM' });
    await call('POST', `/${id}/otp`, undefined, token);
    expect((await call('DELETE', `/${id}`)).status).toBe(204);
    expect(await itemsOf(id)).toEqual([]);
    expect((await call('GET', `/${id}`, undefined, token)).status).toBe(401);
    expect((await call('DELETE', `/${id}`)).status).toBe(404);
    await made({ email });
  });

  it('who works elsewhere too is not for one of the two', async () => {
    const id = await shared();
    expect((await call('DELETE', `/${id}`)).status).toBe(403);
    expect((await readUser(world.table, id))?.name).toBe('Shared');
  });
});
