import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChannelSchema, ServiceSchema, TemplateSchema, UserSchema } from '../../shared/contracts/configuration.ts';
import { putChannel, putOrganization, putService } from '../../shared/store/configuration.ts';
import { closeOrganization, getOrganization } from '../../shared/store/organizations.ts';
import { putTemplate } from '../../shared/store/templates.ts';
import { putUser } from '../../shared/store/users.ts';
import { emailMessage, startRequest } from '../support/api-requests.ts';
import { ORGANIZATION, pathOf, USER } from '../support/api-seed.ts';
import { type Answer, type Api, startWorld, type World } from '../support/api-world.ts';
import { newId } from '../support/builders.ts';

let world: World;
let api: Api;
const tokens: Record<'admin' | 'shopAdmin' | 'stranger' | 'bot' | 'agent', string> = {
  admin: '',
  shopAdmin: '',
  stranger: '',
  bot: '',
  agent: '',
};
const SHOP_ADMIN = newId();
beforeAll(async () => {
  world = await startWorld();
  api = world.createApi();
  const membership = { organization: ORGANIZATION.shop, orgPath: pathOf(ORGANIZATION.shop), role: 'admin' as const };
  await putUser(world.table, UserSchema.parse({ id: SHOP_ADMIN, organizations: [membership] }));
  tokens.admin = await world.token(USER.admin, 'admin');
  tokens.shopAdmin = await world.token(SHOP_ADMIN, 'admin');
  tokens.stranger = await world.token(USER.stranger, 'admin');
  tokens.bot = world.botToken;
  tokens.agent = await world.token(USER.agent, 'agent');
});
afterAll(() => world?.stop());

const call = (method: string, path: string, body?: object, token = tokens.admin): Promise<Answer> =>
  api.send({
    method,
    path: `/v2/organizations${path}`,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
const made = async (body: object = {}): Promise<{ id: string; path: string }> => {
  const answer = await call('POST', '', { name: 'Garage', ...body });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body;
};
const idsOf = (answer: Answer): string[] => answer.body.map(({ id }: { id: string }) => id);

describe('a new organization', () => {
  it('stands below the one that is named, and shows what it was given', async () => {
    const given = {
      name: 'Garage Johnson',
      displayName: 'Johnson',
      email: 'info@example.com',
      url: 'https://example.com',
      logo: 'https://example.com/logo.png',
      industry: 'Cars',
      country: 'nl',
      language: 'nl',
      stopwords: ['klaar'],
      categories: [{ name: 'Sales', forms: ['f1'] }, 'Service'],
      commands: ['sms', { name: 'call', bot: 'b1' }],
      tags: ['dealer'],
      meta: { crm: 17 },
      settings: { identifierConflict: 'reject' },
    };
    const { status, body } = await call('POST', '', { parent: ORGANIZATION.shop.toUpperCase(), ...given });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      ...given,
      country: 'NL',
      settings: { identifierConflict: 'reject', resendUnknownWhatsapp: false },
      status: 'active',
      parent: ORGANIZATION.shop,
      path: `${pathOf(ORGANIZATION.shop)}#${body.id}`,
      level: 3,
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: body.createdAt,
    });
    expect((await call('GET', `/${body.id}`)).body).toEqual(body);
  });

  it('stands below that of the token when none is named, and shows only what was set', async () => {
    const { status, body } = await call('POST', '', { name: 'Plain', email: null });
    expect(status).toBe(201);
    expect(Object.keys(body).sort()).toEqual(
      ['id', 'name', 'status', 'settings', 'parent', 'path', 'level', 'createdAt', 'updatedAt'].sort(),
    );
    expect(body.parent).toBe(ORGANIZATION.root);
  });

  it('takes messages at once', async () => {
    const { id } = await made({ country: 'NL' });
    const answer = await api.post('/v2/conversations', startRequest({ organization: id }));
    expect([answer.status, answer.body.error.code]).toEqual([400, 'touchpoint_unavailable']);
  });

  it.each<[string, object, string]>([
    ['without a name', { name: undefined }, 'name'],
    ['with a blank name', { name: '  ' }, 'name'],
    ['with half of a character', { settings: { emailSubject: 'Hello \ud800' } }, 'settings.emailSubject'],
    ['with a name that cannot be kept', { meta: { '': 1 } }, 'meta'],
    ['with a command that is a number', { commands: [7] }, 'commands.0'],
    ['with a number that cannot be kept', { meta: { crm: 1e300 } }, 'meta.crm'],
    ['in no country', { country: 'XX' }, 'country'],
    ['with an address that is none', { email: 'nobody' }, 'email'],
    ['with a script for a site', { url: 'javascript:alert(1)' }, 'url'],
    [
      'with quiet hours of no time',
      { settings: { quietHours: { start: '25:00', end: '08:00' } } },
      'settings.quietHours.start',
    ],
    ['with categories that are no list', { categories: 'Sales' }, 'categories'],
    ['with a command that is a number', { commands: [7] }, 'commands.0'],
    ['with a number that cannot be kept', { categories: [{ size: 1e300 }] }, 'categories'],
    ['below an id that is none', { parent: 'root' }, 'parent'],
  ])('is refused %s', async (_what, body, path) => {
    const answer = await call('POST', '', { name: 'Garage', ...body });
    expect([answer.status, answer.body.error.details[0]?.path]).toEqual([400, path]);
  });

  it('is refused below the tenth level', async () => {
    let parent: string = ORGANIZATION.root;
    for (let level = 2; level <= 10; level++) parent = (await made({ parent })).id;
    const answer = await call('POST', '', { name: 'Too deep', parent });
    expect([answer.status, answer.body.error.details[0]?.path]).toEqual([400, 'parent']);
  });

  it.each(['shopAdmin', 'stranger'] as const)('is not made by %s below what they do not reach', async (who) => {
    const answer = await call('POST', '', { name: 'Garage', parent: ORGANIZATION.bare }, tokens[who]);
    expect([answer.status, answer.body.error.message]).toEqual([404, 'Organization not found']);
  });
});

describe('the list of organizations', () => {
  it('is what the token reaches and all below, each behind the one above it', async () => {
    const above = await made({ parent: ORGANIZATION.shop });
    const below = await made({ parent: above.id });
    const answer = await call('GET', '', undefined, tokens.shopAdmin);
    const ids = idsOf(answer);
    expect(answer.status).toBe(200);
    expect(ids[0]).toBe(ORGANIZATION.shop);
    expect(ids.indexOf(above.id)).toBeLessThan(ids.indexOf(below.id));
    expect(answer.body.every(({ path }: { path: string }) => path.startsWith(pathOf(ORGANIZATION.shop)))).toBe(true);
    expect(answer.headers['x-total-count']).toBe(String(ids.length));
  });

  it.each<[string, (ids: { a: string; b: string }) => string, string]>([
    ['by parent', ({ a }) => `parent=${a}`, 'b'],
    ['by id', ({ a, b }) => `id=[${a},${b}]`, 'ab'],
    ['by path', ({ a }) => `path=^${encodeURIComponent(`${pathOf(ORGANIZATION.shop)}#${a}`)}`, 'ab'],
    ['by level', ({ a }) => `level=4&path=~${a}`, 'b'],
    ['by what it was given', ({ a }) => `meta.crm=17&path=~${a}`, 'b'],
    ['in another order', ({ a }) => `path=~${a}&sort=-name`, 'ba'],
    ['in pages', ({ a }) => `path=~${a}&sort=-name&limit=1&offset=1`, 'a'],
  ])('is asked %s', async (_what, query, expected) => {
    const a = (await made({ parent: ORGANIZATION.shop, name: 'A' })).id;
    const b = (await made({ parent: a, name: 'B', meta: { crm: 17 } })).id;
    const answer = await call('GET', `?${query({ a, b })}`, undefined, tokens.bot);
    expect(
      idsOf(answer)
        .map((id) => ({ [a]: 'a', [b]: 'b' })[id])
        .join(''),
    ).toBe(expected);
  });

  it('counts an organization once for a user of it and of one above it', async () => {
    const ids = idsOf(await call('GET', '', undefined, tokens.bot));
    expect(ids.filter((id) => id === ORGANIZATION.shop)).toHaveLength(1);
    expect(ids).not.toContain(ORGANIZATION.other);
  });

  it('is of a stranger what they reach, whatever they ask for', async () => {
    expect(idsOf(await call('GET', '', undefined, tokens.stranger))).toEqual([ORGANIZATION.other]);
    const asked = `id=[${ORGANIZATION.shop},${ORGANIZATION.root}]`;
    expect((await call('GET', `?${asked}`, undefined, tokens.stranger)).body).toEqual([]);
  });

  it('is not for agents, nor is a single one', async () => {
    expect((await call('GET', '', undefined, tokens.agent)).status).toBe(403);
    expect((await call('GET', `/${ORGANIZATION.shop}`, undefined, tokens.agent)).status).toBe(403);
  });
});

describe('one organization', () => {
  it('keeps the forms of its categories, whoever asks to fill them in', async () => {
    const { id } = await made({ categories: [{ name: 'Sales', forms: ['f1'] }] });
    const { body } = await call('GET', `/${id}?populate=categories.forms&select=categories`);
    expect(body).toEqual({ id, categories: [{ name: 'Sales', forms: ['f1'] }] });
  });

  it.each(['GET', 'PATCH', 'DELETE'])(
    'is not there for a foreign token by %s, as one that never was',
    async (method) => {
      const body = method === 'PATCH' ? { name: 'Mine' } : undefined;
      const foreign = await call(method, `/${ORGANIZATION.shop}`, body, tokens.stranger);
      const unknown = await call(method, `/${newId()}`, body, tokens.stranger);
      expect(foreign.status).toBe(404);
      expect(foreign.body).toEqual(unknown.body);
      expect((await getOrganization(world.table, ORGANIZATION.shop))?.name).toBe('Shop');
    },
  );
});

describe('a changed organization', () => {
  it('has what was named replaced whole, what was null cleared, and the rest as it was', async () => {
    const settings = { emailSubject: 'Hello', quietHours: { start: '21:00', end: '08:00' } };
    const { id, ...before } = await made({ meta: { a: 1, b: 2 }, email: 'info@example.com', tags: ['x'], settings });
    const changes = { meta: { c: 3 }, email: null, settings: { identifierConflict: 'reject' } };
    const { status, body } = await call('PATCH', `/${id}`, { ...changes, path: 'elsewhere', level: 1 });
    expect(status).toBe(200);
    const { email: _email, ...kept } = before as { email?: string };
    expect(body).toEqual({
      id,
      ...kept,
      meta: { c: 3 },
      settings: { identifierConflict: 'reject', resendUnknownWhatsapp: false },
      updatedAt: expect.any(String),
    });
    expect((await call('GET', `/${id}`)).body).toEqual(body);
  });

  it('is what this environment goes by from then on', async () => {
    const strict = ORGANIZATION.bare;
    await api.post('/v2/conversations', startRequest({ organization: strict, messages: [emailMessage()] }));
    const phone = { organization: strict, contact: { profile: { telephone: '0646280994', email: 'p@example.com' } } };
    expect((await api.post('/v2/conversations', startRequest({ ...phone, messages: [emailMessage()] }))).status).toBe(
      400,
    );
    await call('PATCH', `/${strict}`, { country: 'NL' });
    expect((await api.post('/v2/conversations', startRequest({ ...phone, messages: [emailMessage()] }))).status).toBe(
      201,
    );
  });

  it('stays where it is', async () => {
    const { id } = await made({ parent: ORGANIZATION.shop });
    const moved = await call('PATCH', `/${id}`, { parent: ORGANIZATION.bare, name: 'Moved' });
    expect([moved.status, moved.body.error.details[0]?.path]).toEqual([400, 'parent']);
    const same = await call('PATCH', `/${id}`, { parent: ORGANIZATION.shop, name: 'Renamed' });
    expect([same.status, same.body.name]).toEqual([200, 'Renamed']);
  });

  it('has the changes of all who changed it at once', async () => {
    const { id } = await made();
    const fields = ['displayName', 'industry', 'url', 'logo'];
    const answers = await Promise.all(
      fields.map((field) => call('PATCH', `/${id}`, { [field]: `https://example.com/${field}` })),
    );
    expect(answers.map(({ status }) => status)).toEqual(fields.map(() => 200));
    const { body } = await call('GET', `/${id}`);
    expect(fields.map((field) => body[field])).toEqual(fields.map((field) => `https://example.com/${field}`));
  });
});

describe('deleting an organization', () => {
  const itemsOf = async (id: string) => (await world.items()).filter((item) => JSON.stringify(item).includes(id));

  it('leaves nothing of it, of its services, channels and templates, nor of what finds them', async () => {
    const { id } = await made();
    const [channel, service] = [newId(), newId()];
    await putService(
      world.table,
      ServiceSchema.parse({ id: service, organization: id, type: 'ses', params: { inboundDomain: 'in.example.com' } }),
    );
    await putChannel(world.table, ChannelSchema.parse({ id: channel, organization: id }));
    await putTemplate(world.table, TemplateSchema.parse({ organization: id, name: 'hi', language: 'nl', text: 'Hoi' }));
    expect((await call('DELETE', `/${id}`)).status).toBe(204);
    expect(await itemsOf(id)).toEqual([]);
    expect(await itemsOf(channel)).toEqual([]);
    expect(await itemsOf(service)).toEqual([]);
    expect((await call('GET', `/${id}`)).status).toBe(404);
    expect((await call('DELETE', `/${id}`)).status).toBe(404);
  });

  it('is refused while organizations, users or conversations are in it, and changes nothing', async () => {
    const { id } = await made();
    const inside = await made({ parent: id });
    const membership = { organization: id, orgPath: pathOf(id) };
    await putUser(world.table, UserSchema.parse({ id: newId(), organizations: [membership] }));
    const { status, body } = await call('DELETE', `/${id}`);
    expect([status, body.error.code]).toEqual([409, 'organization_not_empty']);
    expect(body.error.details.map(({ path }: { path: string }) => path)).toEqual(['organizations', 'users']);
    expect((await call('GET', `/${id}`)).status).toBe(200);
    expect((await call('DELETE', `/${inside.id}`)).status).toBe(204);
  });

  it('is refused while a conversation is in it', async () => {
    const start = await api.post('/v2/conversations', startRequest());
    expect(start.status).toBe(201);
    const { status, body } = await call('DELETE', `/${ORGANIZATION.shop}`);
    expect([status, body.error.code]).toEqual([409, 'organization_not_empty']);
    expect(body.error.details.map(({ path }: { path: string }) => path)).toContain('conversations');
  });

  it('goes on where it was cut off, and meanwhile nobody finds it or makes anything in it', async () => {
    const { id } = await made();
    const seen = await getOrganization(world.table, id);
    if (!seen) throw new Error('It was made just now.');
    await closeOrganization(world.table, seen, 1);
    expect((await call('GET', `/${id}`)).status).toBe(404);
    expect((await call('POST', '', { name: 'Below', parent: id })).status).toBe(404);
    expect(idsOf(await call('GET', '')).includes(id)).toBe(false);
    expect(await world.createApi().parts.configuration.organization(id)).toBeUndefined();
    expect((await call('DELETE', `/${id}`)).status).toBe(204);
    expect(await itemsOf(id)).toEqual([]);
  });

  it('opens it again when something came in before it was closed', async () => {
    const { id, path } = await made();
    const seen = await getOrganization(world.table, id);
    if (!seen) throw new Error('It was made just now.');
    const below = newId();
    await putOrganization(world.table, { ...seen, id: below, parent: id, path: `${path}#${below}` });
    await closeOrganization(world.table, seen, 1);
    expect((await call('DELETE', `/${id}`)).status).toBe(409);
    expect((await call('GET', `/${id}`)).status).toBe(200);
  });

  it('of two at once is done by one, or by both, and never half', async () => {
    const { id } = await made();
    const answers = await Promise.all([call('DELETE', `/${id}`), call('DELETE', `/${id}`)]);
    expect(answers.map(({ status }) => status)).toContain(204);
    expect(await itemsOf(id)).toEqual([]);
  });

  it('and making one below it never leave one without the other', async () => {
    const { id } = await made();
    const [deleted, child] = await Promise.all([
      call('DELETE', `/${id}`),
      call('POST', '', { name: 'Below', parent: id }),
    ]);
    const outcome = `${deleted.status} ${child.status}`;
    expect(['204 404', '409 201']).toContain(outcome);
    expect((await call('GET', `/${id}`)).status).toBe(outcome === '204 404' ? 404 : 200);
  });
});
