import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserSchema } from '../../shared/contracts/configuration.ts';
import { createChannel, findChannel } from '../../shared/store/channels.ts';
import { closeOrganization, getOrganization } from '../../shared/store/organizations.ts';
import { putUser } from '../../shared/store/users.ts';
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
const SHOP_ADMIN = newId();
beforeAll(async () => {
  world = await startWorld();
  api = world.createApi();
  const organizations = [{ organization: ORGANIZATION.shop, orgPath: pathOf(ORGANIZATION.shop), role: 'admin' }];
  await putUser(world.table, UserSchema.parse({ id: SHOP_ADMIN, organizations }));
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
    path: `/v2/channels${path}`,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
const made = async (body: object = {}): Promise<{ id: string }> => {
  const answer = await call('POST', '', { organization: ORGANIZATION.shop, name: 'Front desk', ...body });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body;
};
const idsOf = (answer: Answer): string[] => answer.body.map(({ id }: { id: string }) => id);
const announcersOf = async (organization: string): Promise<string[]> =>
  (await api.parts.configuration.organization(organization))?.channels.map(({ id }) => id) ?? [];

describe('a new channel', () => {
  it('shows what it was given, and announces at once', async () => {
    await announcersOf(ORGANIZATION.shop);
    const given = { name: 'Front desk', subscribers: [USER.agent, USER.admin], meta: { floor: 1 } };
    const { status, body } = await call('POST', '', {
      ...given,
      organization: ORGANIZATION.shop.toUpperCase(),
      subscribers: [...given.subscribers, USER.agent.toUpperCase()],
    });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      organization: ORGANIZATION.shop,
      orgPath: pathOf(ORGANIZATION.shop),
      ...given,
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: body.createdAt,
    });
    expect((await call('GET', `/${body.id}`)).body).toEqual(body);
    expect(await announcersOf(ORGANIZATION.shop)).toContain(body.id);
  });

  it("is the token's organization's, and for everybody, when nothing is said", async () => {
    const { status, body } = await call('POST', '', { name: 'Head office' });
    expect([status, body.organization]).toEqual([201, ORGANIZATION.root]);
    expect(body).not.toHaveProperty('subscribers');
  });

  it.each<[string, object, string]>([
    ['without a name', { name: undefined }, 'name'],
    ['with a blank name', { name: ' ' }, 'name'],
    ['for somebody who is no id', { subscribers: ['ada'] }, 'subscribers.0'],
    ['for somebody unknown', { subscribers: [USER.agent, newId()] }, 'subscribers.1'],
    ['for somebody of another organization', { subscribers: [USER.stranger] }, 'subscribers.0'],
    [
      'for somebody of an organization below',
      { organization: ORGANIZATION.root, subscribers: [USER.agent] },
      'subscribers.0',
    ],
  ])('is refused %s', async (_what, body, path) => {
    const answer = await call('POST', '', { organization: ORGANIZATION.shop, name: 'Front desk', ...body });
    expect([answer.status, answer.body.error.details[0]?.path]).toEqual([400, path]);
  });

  it('is one of a hundred at most', async () => {
    const channels = Array.from({ length: 100 }, () => ({ id: newId(), organization: ORGANIZATION.strict, name: '' }));
    await Promise.all(channels.map((channel) => createChannel(world.table, channel)));
    const answer = await call('POST', '', { organization: ORGANIZATION.strict, name: 'One more' });
    expect([answer.status, answer.body.error.details[0]?.path]).toEqual([400, 'organization']);
  });

  it('is not of an organization that is being deleted, nor are those that it has', async () => {
    const headers = { authorization: `Bearer ${tokens.admin}` };
    const organization = (await api.post('/v2/organizations', { name: 'Going' }, headers)).body.id;
    const { id } = await made({ organization });
    const seen = await getOrganization(world.table, organization);
    if (!seen) throw new Error('It was made just now.');
    await closeOrganization(world.table, seen, 1);
    expect(await createChannel(world.table, { id: newId(), organization, name: '' })).toBe(false);
    expect((await call('GET', `/${id}`)).status).toBe(404);
  });
});

describe('reading channels', () => {
  it('is for agents and above', async () => {
    const { id } = await made();
    expect((await call('GET', `/${id}`, undefined, tokens.agent)).status).toBe(200);
    expect(idsOf(await call('GET', `?organization=${ORGANIZATION.shop}`, undefined, tokens.agent))).toContain(id);
    expect((await call('GET', `/${id}`, undefined, tokens.guest)).status).toBe(403);
    expect((await call('PATCH', `/${id}`, { name: 'Mine' }, tokens.agent)).status).toBe(403);
  });

  it('lists those of one organization, as they are asked for', async () => {
    const { id } = await made({ name: 'Night shift', subscribers: [USER.agent] });
    const query = (filter: string) => `?organization=${ORGANIZATION.shop}&${filter}`;
    expect(idsOf(await call('GET', query('name=~night')))).toEqual([id]);
    expect(idsOf(await call('GET', query(`subscribers=${USER.agent}&sort=-createdAt,-name`)))).toContain(id);
    expect(idsOf(await call('GET', ''))).not.toContain(id);
  });

  it.each(['GET', 'PATCH', 'DELETE'])('is not for a foreign token by %s, as if there were none', async (method) => {
    const { id } = await made();
    const body = method === 'PATCH' ? { name: 'Mine' } : undefined;
    const foreign = await call(method, `/${id}`, body, tokens.stranger);
    expect(foreign.status).toBe(404);
    expect(foreign.body).toEqual((await call(method, `/${newId()}`, body, tokens.stranger)).body);
    expect((await findChannel(world.table, id))?.name).toBe('Front desk');
  });

  it('of an organization above is not for those below', async () => {
    const { id } = await made({ organization: ORGANIZATION.root });
    expect((await call('GET', `/${id}`, undefined, tokens.shopAdmin)).status).toBe(404);
    expect((await call('POST', '', { organization: ORGANIZATION.root, name: 'Mine' }, tokens.shopAdmin)).status).toBe(
      404,
    );
  });
});

describe('a changed channel', () => {
  it('has what was named replaced whole, what was null cleared, and the rest as it was', async () => {
    const { id, ...before } = await made({ subscribers: [USER.agent], meta: { a: 1 } });
    const { status, body } = await call('PATCH', `/${id}`, { subscribers: null, meta: { b: 2 } });
    expect(status).toBe(200);
    const { subscribers: _subscribers, ...kept } = before as { subscribers?: string[] };
    expect(body).toEqual({ id, ...kept, meta: { b: 2 }, updatedAt: expect.any(String) });
    expect((await call('GET', `/${id}`)).body).toEqual(body);
  });

  it('stays where it is', async () => {
    const { id } = await made();
    const moved = await call('PATCH', `/${id}`, { organization: ORGANIZATION.bare });
    expect([moved.status, moved.body.error.details[0]?.path]).toEqual([400, 'organization']);
    expect((await call('PATCH', `/${id}`, { organization: ORGANIZATION.shop, name: 'Desk' })).body.name).toBe('Desk');
  });

  it('has the changes of all who changed it at once', async () => {
    const { id } = await made();
    const changes = [{ name: 'Renamed' }, { subscribers: [USER.agent] }, { meta: { a: 1 } }];
    const answers = await Promise.all(changes.map((change) => call('PATCH', `/${id}`, change)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await call('GET', `/${id}`)).body).toMatchObject(Object.assign({}, ...changes));
  });
});

describe('a deleted channel', () => {
  it('leaves nothing, and announces no more', async () => {
    const { id } = await made();
    expect(await announcersOf(ORGANIZATION.shop)).toContain(id);
    expect((await call('DELETE', `/${id}`)).status).toBe(204);
    expect(await announcersOf(ORGANIZATION.shop)).not.toContain(id);
    expect((await world.items()).filter((item) => JSON.stringify(item).includes(id))).toEqual([]);
    expect((await call('DELETE', `/${id}`)).status).toBe(404);
  });
});
