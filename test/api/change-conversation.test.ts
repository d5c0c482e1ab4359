import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { work } from '../../functions/worker/work.ts';
import type { Purge } from '../../shared/contracts/queue-messages.ts';
import { purge } from '../../shared/store/deletion.ts';
import { emailMessage, newEmail, startRequest, startWith } from '../support/api-requests.ts';
import { ORGANIZATION, USER } from '../support/api-seed.ts';
import { workerOf } from '../support/api-worker.ts';
import { type Answer, type Api, startWorld, type World } from '../support/api-world.ts';

let world: World;
let api: Api;
let admin: string;
const purges: Purge[] = [];
beforeAll(async () => {
  world = await startWorld();
  admin = await world.token(USER.admin, 'admin');
});
beforeEach(() => {
  const taken = { send: async (sent: readonly { body: Purge }[]) => void purges.push(...sent.map(({ body }) => body)) };
  api = world.createApi({ parts: { purges: taken } });
});
afterAll(() => world?.stop());

// biome-ignore lint/suspicious/noExplicitAny: requests and answers are read as a client would
type Json = any;

const send = (method: string, path: string, body?: Json, token = world.botToken): Promise<Answer> =>
  api.send({
    method,
    path,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
const patch = (id: string, body: Json, token?: string) => send('PATCH', `/v2/conversations/${id}`, body, token);
const remove = (id: string, token = admin) => send('DELETE', `/v2/conversations/${id}`, undefined, token);
const start = async (overrides: Json = {}): Promise<Json> =>
  (await api.post('/v2/conversations', startRequest(overrides))).body;
const startTeam = async (): Promise<Json> => (await api.post('/v2/conversations', { messages: [{ text: 'x' }] })).body;
const read = async (id: string): Promise<Json> => (await api.get(`/v2/conversations/${id}`)).body;

describe('PATCH /v2/conversations/{id}', () => {
  it('replaces what it names whole, and keeps the rest', async () => {
    const { id } = await start({ meta: { a: 1, b: 2 }, tags: ['x'], language: 'nl', name: 'Old' });
    const { status, body } = await patch(id, {
      name: 'New',
      meta: { c: [1, 'x'] },
      categoryIndex: 0,
      category: 'Sales',
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ name: 'New', categoryIndex: 0, category: 'Sales', language: 'nl', tags: ['x'] });
    expect(body.meta).toEqual({ c: [1, 'x'] });
    const { messages: _listed, ...kept } = await read(id);
    expect(body).toMatchObject(kept);
  });

  it('clears what is null, and a /set works afterwards', async () => {
    const { id } = await start({ meta: { a: 1 }, tags: ['x'], language: 'nl' });
    const { body } = await patch(id, { meta: null, tags: null, language: null });
    for (const field of ['meta', 'tags', 'language']) expect(body).not.toHaveProperty(field);
    await api.post(`/v2/conversations/${id}/messages`, { text: '/set b 2', type: 'command' });
    expect((await read(id)).meta).toEqual({ b: '2' });
  });

  it('ignores fields that are not to be changed, and may name none', async () => {
    const { id } = await start();
    const before = await read(id);
    const { status, body } = await patch(id, {
      id: 'x',
      organization: ORGANIZATION.other,
      slug: 'X',
      participants: [],
      seq: 0,
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ id, organization: ORGANIZATION.shop, slug: before.slug });
    expect(body.participants).toHaveLength(1);
    expect((await patch(id, {})).status).toBe(200);
    expect((await api.post(`/v2/conversations/${id}/messages`, emailMessage())).status).toBe(201);
  });

  it('gives a status as its command would', async () => {
    const { id } = await start();
    const flags = ({ status, participants }: Json) => [status, participants[0].active, participants[0].accepted];
    expect(flags((await patch(id, { status: 'active' })).body)).toEqual(['active', true, true]);
    expect(flags((await patch(id, { status: 'closed' })).body)).toEqual(['closed', false, false]);
    expect(flags((await patch(id, { status: 'queued' })).body)).toEqual(['queued', false, false]);
    await patch(id, { status: 'active' });
    expect(flags((await patch(id, { status: 'queued' })).body)).toEqual(['queued', false, false]);
  });

  it('gives another touchpoint, which messages then take, if the contact can be reached by it', async () => {
    const { body } = await api.post('/v2/conversations', startWith({ email: newEmail(), telephone: '+31611112222' }));
    expect((await patch(body.id, { touchpoint: 'sms' })).body).toMatchObject({
      touchpoint: 'sms',
      touchpoints: { sms: { selected: true }, email: { selected: false } },
    });
    const { body: said } = await api.post(`/v2/conversations/${body.id}/messages`, { text: 'By SMS', role: 'agent' });
    expect(said.touchpoint).toBe('sms');
    const { id } = await start();
    const refused = await patch(id, { touchpoint: 'sms', name: 'Not this' });
    expect([refused.status, refused.body.error.code]).toEqual([400, 'touchpoint_unavailable']);
    expect((await read(id)).name).not.toBe('Not this');
  });

  it('changes a team’s conversation too, but for the touchpoint', async () => {
    const { id } = await startTeam();
    expect((await patch(id, { name: 'Shift' })).body).toMatchObject({ name: 'Shift', type: 'bot' });
    expect((await patch(id, { touchpoint: 'email' })).status).toBe(400);
  });

  it.each<[string, Json, string]>([
    ['a blank name', { name: ' ' }, 'name'],
    ['an unknown status', { status: 'open' }, 'status'],
    ['a slot beyond the tenth', { categoryIndex: 10 }, 'categoryIndex'],
    ['nested meta', { meta: { a: { b: { c: 1 } } } }, 'meta.a'],
    [
      'meta that is too large',
      { meta: Object.fromEntries([...'abcdefghijklmnopq'].map((key) => [key, 'x'.repeat(4096)])) },
      'meta',
    ],
  ])('refuses %s', async (_what, body, path) => {
    const { id } = await start();
    const answer = await patch(id, body);
    expect([answer.status, answer.body.error.details[0].path]).toEqual([400, expect.stringContaining(path)]);
  });

  it('meets the worker’s rule: neither undoes what the other did', async () => {
    const { id } = await start();
    const ticks = await world.receiveTicks();
    await Promise.all([
      ...ticks.map((tick) => work(workerOf(api), tick)),
      ...['a', 'b', 'c'].map((name) => patch(id, { name, status: 'closed' })),
    ]);
    const after = await read(id);
    expect(['a', 'b', 'c']).toContain(after.name);
    const { active, accepted } = after.participants[0];
    expect(['closed false false', 'active true true']).toContain(`${after.status} ${active} ${accepted}`);
  });

  it('finds nothing out of reach, and needs an agent', async () => {
    const { id } = await start();
    const stranger = await world.token(USER.stranger, 'admin');
    expect((await patch(id, { name: 'x' }, stranger)).status).toBe(404);
    expect((await patch('ffffffffffffffffffffffff', { name: 'x' })).status).toBe(404);
    expect((await patch(id, { name: 'x' }, await world.token(USER.guest, 'guest'))).status).toBe(403);
  });
});

describe('DELETE /v2/conversations/{id}', () => {
  it('forgets the contact with it: the next start is a new one', async () => {
    const profile = { email: newEmail() };
    const { body } = await api.post('/v2/conversations', startWith(profile));
    const answer = await remove(body.id);
    expect([answer.status, answer.body]).toEqual([204, undefined]);
    expect((await api.get(`/v2/conversations/${body.id}`)).status).toBe(404);
    expect((await api.get(`/v2/contacts/${body.contact}`)).status).toBe(404);
    expect((await patch(body.id, { name: 'x' })).status).toBe(404);
    expect((await api.post('/v2/conversations', startWith(profile))).status).toBe(201);
  });

  it('of a team purges it', async () => {
    const { id } = await startTeam();
    expect((await remove(id)).status).toBe(204);
    expect(purges.at(-1)?.purge).toBe(id);
    await purge(world.table, id);
    expect((await world.items()).filter(({ pk }) => pk === `C#${id}`)).toEqual([]);
  });

  it('needs an admin, and finds nothing out of reach', async () => {
    const { id } = await start();
    expect((await remove(id, world.botToken)).status).toBe(403);
    expect((await remove(id, await world.token(USER.stranger, 'admin'))).status).toBe(404);
    expect((await read(id)).id).toBe(id);
  });
});
