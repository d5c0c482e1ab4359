import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Scope } from '../../shared/auth/scopes.ts';
import { UserSchema } from '../../shared/contracts/configuration.ts';
import { putUser } from '../../shared/store/users.ts';
import { createTestClock, type TestClock } from '../support/api-clock.ts';
import { startRequest } from '../support/api-requests.ts';
import { ORGANIZATION, USER } from '../support/api-seed.ts';
import { type Answer, type Api, startWorld, type World } from '../support/api-world.ts';
import { newId } from '../support/builders.ts';
import { createMeter } from '../support/meter.ts';

const YEARS_MS = 10 * 365 * 24 * 3600_000;
const REMEMBERED_MS = 60_000;

let world: World;
let api: Api;
let clock: TestClock;
let admin: string;
beforeAll(async () => {
  world = await startWorld();
  clock = createTestClock();
  api = world.createApi({ clock });
  admin = await world.token(USER.admin, 'admin');
});
afterAll(() => world?.stop());

async function newBot(overrides: object = {}): Promise<string> {
  const id = newId();
  const organizations = [{ organization: ORGANIZATION.root, role: 'bot' }];
  await putUser(world.table, UserSchema.parse({ id, organizations, ...overrides }));
  return id;
}
const request = (method: string, path: string, { token = admin, body }: { token?: string; body?: unknown } = {}) =>
  api.send({
    method,
    path,
    headers: { authorization: `Bearer ${token}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
const keep = (user: string, body: object = {}, token = admin) =>
  request('POST', `/v2/users/${user}/tokens`, { token, body: { name: 'CRM', ...body } });
const works = async (token: string) =>
  (await api.post('/v2/conversations', startRequest(), { authorization: `Bearer ${token}` })).status === 201;
const statusOf = ({ status, body }: Answer) => [status, body?.error?.code, body?.error?.details?.[0]?.path];

describe('a token that a user keeps', () => {
  it('has no end, and is shown once', async () => {
    const bot = await newBot();
    const { status, body } = await keep(bot);
    expect(status).toBe(201);
    const { token, ...shown } = body;
    expect(shown).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      user: bot,
      name: 'CRM',
      organization: ORGANIZATION.root,
      scope: 'bot',
      createdBy: USER.admin,
      createdAt: new Date(clock.now()).toISOString(),
    });
    const list = await request('GET', `/v2/users/${bot}/tokens`);
    expect([list.status, list.body]).toEqual([200, [shown]]);
    clock.advance(YEARS_MS);
    expect(await works(token)).toBe(true);
    expect(JSON.stringify(await world.items())).not.toContain(token.split('.')[2]);
  });

  it('ends when it is deleted: where that was asked at once, everywhere else within a minute', async () => {
    const bot = await newBot();
    const [{ body: kept }, { body: other }] = [await keep(bot), await keep(bot)];
    const elsewhere = world.createApi({ clock });
    const worksElsewhere = async () => (await elsewhere.get(`/v2/messages/${newId()}`, kept.token)).status === 404;
    expect([await works(kept.token), await worksElsewhere()]).toEqual([true, true]);
    expect((await request('DELETE', `/v2/users/${bot}/tokens/${kept.id}`)).status).toBe(204);
    expect([await works(kept.token), await works(other.token)]).toEqual([false, true]);
    clock.advance(REMEMBERED_MS);
    expect(await worksElsewhere()).toBe(false);
    expect(statusOf(await request('DELETE', `/v2/users/${bot}/tokens/${kept.id}`))).toEqual([
      404,
      'not_found',
      undefined,
    ]);
  });

  it('works at once in an environment that remembers the user from before', async () => {
    const bot = await newBot();
    const elsewhere = world.createApi({ clock });
    const status = async (token: string) => (await elsewhere.get(`/v2/messages/${newId()}`, token)).status;
    expect(await status((await keep(bot)).body.token)).toBe(404);
    expect(await status((await keep(bot)).body.token)).toBe(404);
  });

  it('ends with all others of its user', async () => {
    const bot = await newBot();
    const tokens = [(await keep(bot)).body.token, (await keep(bot)).body.token];
    expect((await request('DELETE', `/v2/users/${bot}/tokens`)).status).toBe(204);
    expect(await Promise.all(tokens.map(works))).toEqual([false, false]);
    expect((await request('GET', `/v2/users/${bot}/tokens`)).body).toEqual([]);
    expect(await works((await keep(bot)).body.token)).toBe(true);
  });

  it('may have an end', async () => {
    const expiresAt = new Date(clock.now() + 3600_000).toISOString();
    const { body } = await keep(await newBot(), { expiresAt });
    expect(body.expiresAt).toBe(expiresAt);
    clock.advance(3599_000);
    expect(await works(body.token)).toBe(true);
    clock.advance(1000);
    expect(await works(body.token)).toBe(false);
  });

  it('reads an end without an offset as UTC', async () => {
    const utc = new Date(clock.now() + 3600_000).toISOString();
    expect((await keep(await newBot(), { expiresAt: utc.replace('Z', '') })).body.expiresAt).toBe(utc);
  });

  it('may have a rate, its own or that of its user', async () => {
    const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    const bot = await newBot({ rate: 5 });
    const [own, users] = [(await keep(bot, { rate: 2 })).body, (await keep(bot)).body];
    expect([own.rate, claimsOf(own.token).rate]).toEqual([2, 2]);
    expect([users.rate, claimsOf(users.token).rate]).toEqual([5, 5]);
  });

  it.each<[Scope, object, string]>([
    ['bot', {}, 'bot'],
    ['bot', { scope: 'agent' }, 'agent'],
    ['bot', { scope: 'viewer' }, 'guest'],
    ['agent', {}, 'agent'],
    ['admin', {}, 'bot'],
  ])('of a user with role %s, asked for as %j, has scope %s', async (role, wanted, scope) => {
    const user = await newBot({ organizations: [{ organization: ORGANIZATION.root, role }] });
    const { body } = await keep(user, wanted);
    expect(body.scope).toBe(scope);
  });

  it('of scope admin is for an admin, and for a day at most', async () => {
    const user = await newBot({ organizations: [{ organization: ORGANIZATION.root, role: 'admin' }] });
    const within = (hours: number) => new Date(clock.now() + hours * 3600_000).toISOString();
    expect(statusOf(await keep(user, { scope: 'admin' }))).toEqual([400, 'invalid_request', 'expiresAt']);
    expect(statusOf(await keep(user, { scope: 'owner', expiresAt: within(25) }))[2]).toBe('expiresAt');
    expect((await keep(user, { scope: 'admin', expiresAt: within(24) })).body.scope).toBe('admin');
    expect(statusOf(await keep(await newBot(), { scope: 'admin', expiresAt: within(1) }))[2]).toBe('scope');
  });

  it.each<[object, string]>([
    [{ name: '' }, 'name'],
    [{ name: ' ' }, 'name'],
    [{ name: 7 }, 'name'],
    [{ name: 'x'.repeat(129) }, 'name'],
    [{ scope: 'god' }, 'scope'],
    [{ rate: 0 }, 'rate'],
    [{ rate: 1e-300 }, 'rate'],
    [{ rate: '5' }, 'rate'],
    [{ expiresAt: 'tomorrow' }, 'expiresAt'],
    [{ expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
  ])('is refused with %j', async (body, path) =>
    expect(statusOf(await keep(USER.bot, body))).toEqual([400, 'invalid_request', path]),
  );

  it('is one of fifty at most', async () => {
    const bot = await newBot();
    for (let made = 0; made < 50; made++) expect((await keep(bot)).status).toBe(201);
    expect(statusOf(await keep(bot))).toEqual([400, 'invalid_request', 'name']);
  });

  it('is for admins who reach all organizations of the user', async () => {
    const both = await newBot({
      organizations: [
        { organization: ORGANIZATION.root, role: 'bot' },
        { organization: ORGANIZATION.other, role: 'bot' },
      ],
    });
    const stranger = await world.token(USER.stranger, 'admin');
    expect(statusOf(await keep(both))[0]).toBe(403);
    expect(statusOf(await keep(both, {}, stranger))[0]).toBe(403);
    expect(statusOf(await keep(await newBot(), {}, stranger))[0]).toBe(404);
    expect(statusOf(await keep(newId()))[0]).toBe(404);
    expect(statusOf(await keep('nobody'))[0]).toBe(404);
    expect(statusOf(await keep(USER.bot, {}, world.botToken))[0]).toBe(403);
    const { id } = (await keep(await newBot())).body;
    for (const [method, path] of [
      ['GET', `/v2/users/${both}/tokens`],
      ['DELETE', `/v2/users/${both}/tokens`],
      ['DELETE', `/v2/users/${both}/tokens/${id}`],
    ] as const) {
      expect([method, path, (await request(method, path)).status]).toEqual([method, path, 403]);
    }
  });

  it('takes one read of the table in a minute', async () => {
    const { token } = (await keep(await newBot())).body;
    const fresh = world.createApi({ clock });
    const meter = createMeter(fresh.documents);
    const read = () => meter.measure(() => fresh.get(`/v2/messages/${newId()}`, token));
    expect((await read()).usage.commands.filter((command) => command === 'QueryCommand')).toHaveLength(2);
    expect((await read()).usage.commands).toEqual(['QueryCommand']);
  });
});
