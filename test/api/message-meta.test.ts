import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { getMessage, locateMessage } from '../../shared/store/messages.ts';
import { createTestClock, type TestClock } from '../support/api-clock.ts';
import { emailMessage, startRequest } from '../support/api-requests.ts';
import { USER } from '../support/api-seed.ts';
import { type Answer, type Api, startWorld, type World } from '../support/api-world.ts';

let world: World;
let api: Api;
let clock: TestClock;
beforeAll(async () => {
  world = await startWorld();
});
beforeEach(() => {
  clock = createTestClock();
  api = world.createApi({ clock });
});
afterAll(() => world?.stop());

// biome-ignore lint/suspicious/noExplicitAny: requests and answers are read as a client would
type Json = any;

const start = async (message: Json = {}): Promise<Json> =>
  (await api.post('/v2/conversations', startRequest({ messages: [{ ...emailMessage(), ...message }] }))).body;
const patch = (id: string, body: Json, token = world.botToken): Promise<Answer> =>
  api.send({
    method: 'PATCH',
    path: `/v2/messages/${id}`,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const read = async (id: string): Promise<Json> => (await api.get(`/v2/messages/${id}`)).body;

describe('PATCH /v2/messages/{id} with meta', () => {
  it('replaces it whole, but for what steers how the message is sent', async () => {
    const { messages } = await start({ meta: { a: 1, subject: 'Hi', purpose: 'marketing' } });
    clock.advance(1000);
    const { status, body } = await patch(messages[0], { meta: { hidden: true, subject: 'Hi' } });
    expect([status, body.meta]).toEqual([200, { hidden: true, subject: 'Hi', purpose: 'marketing' }]);
    expect(await read(messages[0])).toEqual(body);
    expect((await patch(messages[0], { meta: null })).body.meta).toEqual({ subject: 'Hi', purpose: 'marketing' });
  });

  it.each(['subject', 'purpose', 'SenderID', 'template'])('refuses another %s', async (key) => {
    const { messages } = await start({ meta: { a: 1, subject: 'Hi', purpose: 'marketing' } });
    const { status, body } = await patch(messages[0], { meta: { [key]: 'other' } });
    expect([status, body.error.details[0].path]).toEqual([400, `meta.${key}`]);
    expect((await read(messages[0])).meta).toEqual({ a: 1, subject: 'Hi', purpose: 'marketing' });
  });

  it('keeps a large message whole, and one that becomes large, also when it moves', async () => {
    const large = await start({ text: 'x'.repeat(3000), meta: { a: 1 } });
    const small = await start({ delay: 60_000 });
    for (const [id, text] of [
      [large.messages[0], 'x'.repeat(3000)],
      [small.messages[0], 'Hey there!'],
    ]) {
      await patch(id, { meta: { note: 'y'.repeat(2000) } });
      expect((await patch(id, { delay: 120_000 })).status).toBe(200);
      expect(await read(id)).toMatchObject({ text, meta: { note: 'y'.repeat(2000) } });
      await patch(id, { meta: { note: 'short' } });
      expect(await read(id)).toMatchObject({ text, meta: { note: 'short' } });
    }
  });

  it('is not lost by a move at the same time', async () => {
    for (let round = 0; round < 10; round++) {
      const { messages } = await start({ delay: 60_000 });
      const answers = await Promise.all([
        patch(messages[0], { meta: { round } }),
        patch(messages[0], { delay: 90_000 }),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      const place = await locateMessage(world.table, messages[0]);
      const moved = await read(messages[0]);
      expect([moved.meta, moved.delay]).toEqual([{ round }, 90_000]);
      expect(place && (await getMessage(world.table, place.conversation, place.key))).toBeDefined();
    }
  });

  it.each<[string, Json]>([
    ['both', { meta: {}, delay: 0 }],
    ['neither', {}],
    ['the text', { text: 'x' }],
  ])('refuses %s', async (_what, body) => {
    const { messages } = await start({ delay: 60_000 });
    expect((await patch(messages[0], body)).status).toBe(400);
  });

  it('finds nothing out of reach', async () => {
    const { messages } = await start();
    expect((await patch(messages[0], { meta: {} }, await world.token(USER.stranger, 'admin'))).status).toBe(404);
  });
});

describe('POST /v2/messages', () => {
  it('adds to the conversation that the message names: one, or an array', async () => {
    const { id } = await start();
    const one = await api.post('/v2/messages', { conversation: id.toUpperCase(), text: 'one' });
    expect([one.status, one.body.conversation, one.body.text]).toEqual([201, id, 'one']);
    const many = await api.post('/v2/messages', [
      { conversation: id, text: 'two' },
      { conversation: id, text: 'three', role: 'agent' },
    ]);
    expect([many.status, many.body.map(({ text }: Json) => text)]).toEqual([201, ['two', 'three']]);
    expect((await api.get(`/v2/conversations/${id}`)).body.messages).toHaveLength(4);
  });

  it('refuses two conversations in one request, and none', async () => {
    const [{ id }, other] = [await start(), await start()];
    const two = await api.post('/v2/messages', [
      { conversation: id, text: 'x' },
      { conversation: other.id, text: 'y' },
    ]);
    expect([two.status, two.body.error.details[0].path]).toEqual([400, '1.conversation']);
    expect((await api.post('/v2/messages', { text: 'x' })).status).toBe(400);
    expect((await api.post('/v2/messages', [])).status).toBe(400);
    expect((await api.post('/v2/messages', { conversation: 'ffffffffffffffffffffffff', text: 'x' })).status).toBe(404);
    expect((await api.get(`/v2/conversations/${id}`)).body.messages).toHaveLength(1);
  });
});
