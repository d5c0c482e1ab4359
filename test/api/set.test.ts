import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MAX_META_KEYS } from '../../shared/domain/set-command.ts';
import { conversationKey } from '../../shared/store/keys.ts';
import { emailMessage, newEmail, startRequest, startWith } from '../support/api-requests.ts';
import { type Api, startWorld, type World } from '../support/api-world.ts';

let world: World;
let api: Api;
beforeAll(async () => {
  world = await startWorld();
});
beforeEach(() => {
  api = world.createApi();
});
afterAll(() => world?.stop());

// biome-ignore lint/suspicious/noExplicitAny: requests and answers are read as a client would
type Json = any;

const start = async (overrides: Json = {}): Promise<string> =>
  (await api.post('/v2/conversations', startRequest(overrides))).body.id;
const command = (text: string, fields: Json = {}) => ({ text, type: 'command', meta: {}, ...fields });
const set = (id: string, ...texts: string[]) =>
  api.post(
    `/v2/conversations/${id}/messages`,
    texts.map((text) => command(text)),
  );
const read = async (id: string): Promise<Json> => (await api.get(`/v2/conversations/${id}`)).body;

describe('/set without a delay', () => {
  it('shows in meta as soon as it is answered, beside what others set', async () => {
    const id = await start({ meta: { source: 'web' } });
    expect((await set(id, '/set intent buy a car')).status).toBe(201);
    expect((await read(id)).meta).toEqual({ source: 'web', intent: 'buy a car' });
    await set(id, '/set color red', '/set intent');
    expect((await read(id)).meta).toEqual({ source: 'web', color: 'red' });
    await set(id, '/set source', '/set color');
    expect((await read(id)).meta).toBeUndefined();
  });

  it('works among other messages, and in the request that starts the conversation', async () => {
    const { body } = await api.post(
      '/v2/conversations',
      startRequest({ meta: { a: 'x' }, messages: [emailMessage(), command('/set a 1'), command('/set @language nl')] }),
    );
    expect(body).toMatchObject({ meta: { a: '1' }, language: 'nl' });
    const answer = await api.post('/v2/conversations', {
      id: body.id,
      messages: [emailMessage(), command('/set b 2')],
    });
    expect(answer.body.meta).toEqual({ a: '1', b: '2' });
    expect((await read(body.id)).meta).toEqual({ a: '1', b: '2' });
  });

  it('works for a person who is found, also with an identifier that was free, and with an Idempotency-Key', async () => {
    const email = newEmail();
    const messages = (value: string) => ({ messages: [emailMessage(), command(`/set step ${value}`)] });
    const { body } = await api.post('/v2/conversations', startWith({ email }));
    await api.post('/v2/conversations', startWith({ email }, messages('found')));
    expect((await read(body.id)).meta).toEqual({ step: 'found' });
    await api.post('/v2/conversations', startWith({ email, telephone: '+31611111199' }, messages('attached')));
    expect((await read(body.id)).meta).toEqual({ step: 'attached' });
    await api.post(`/v2/conversations/${body.id}/messages`, command('/set step keyed'), { 'idempotency-key': 'set-1' });
    await set(body.id, '/set step later');
    await api.post(`/v2/conversations/${body.id}/messages`, command('/set step keyed'), { 'idempotency-key': 'set-1' });
    expect((await read(body.id)).meta).toEqual({ step: 'later' });
  });

  it('sets name, language and category, and clears them but the name', async () => {
    const id = await start();
    await set(id, '/set @category Sales', '/set @categoryIndex 2', '/set @name A new name', '/set @language de');
    expect(await read(id)).toMatchObject({
      category: 'Sales',
      categoryIndex: 2,
      name: 'A new name',
      language: 'de',
    });
    await set(id, '/set @category', '/set @categoryIndex');
    const after = await read(id);
    expect([after.category, after.categoryIndex, after.language]).toEqual([undefined, undefined, 'de']);
  });

  it('takes keys with any characters', async () => {
    const id = await start();
    const keys = ['a.b', 'a[0]', '%2E', '#', '_asked5b99be371951542b5f47eeb4', 'ключ', 'a.b.c'];
    await set(id, ...keys.map((key) => `/set ${key} ${key}`));
    expect((await read(id)).meta).toEqual(Object.fromEntries(keys.map((key) => [key, key])));
    await set(id, '/set a.b');
    expect(Object.keys((await read(id)).meta).toSorted()).toEqual(keys.filter((key) => key !== 'a.b').toSorted());
  });

  it('is refused as a whole request when one of its commands is wrong', async () => {
    const id = await start();
    const { status, body } = await set(id, '/set a 1', '/set @status closed');
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ code: 'invalid_request', details: [{ path: 'messages.1.text' }] });
    expect((await read(id)).meta).toBeUndefined();
  });

  it('is refused when meta is full; what is there may still change', async () => {
    const id = await start();
    const keys = Array.from({ length: MAX_META_KEYS }, (_, index) => `/set k${index} 1`);
    await set(id, ...keys.slice(0, 40));
    await set(id, ...keys.slice(40));
    const full = await set(id, '/set more 1');
    expect(full.status).toBe(400);
    expect(full.body.error.message).toContain(`${MAX_META_KEYS} keys`);
    expect((await set(id, '/set k0 2', '/set k1', '/set more 1')).status).toBe(201);
    expect((await read(id)).meta).toMatchObject({ k0: '2', more: '1' });
  });

  it('by many at once loses nobody’s key', async () => {
    const id = await start();
    const keys = Array.from({ length: 12 }, (_, index) => `key${index}`);
    const answers = await Promise.all(keys.map((key) => set(id, `/set ${key} 1`)));
    expect(answers.map(({ status }) => status)).toEqual(keys.map(() => 201));
    expect(Object.keys((await read(id)).meta).toSorted()).toEqual(keys.toSorted());
  });

  it('reaches a conversation that was stored without meta', async () => {
    const id = await start();
    await world.table.client.send(
      new UpdateCommand({
        TableName: world.table.name,
        Key: { ...conversationKey(id) },
        UpdateExpression: 'REMOVE meta',
      }),
    );
    expect((await set(id, '/set a 1', '/set b')).status).toBe(201);
    expect((await read(id)).meta).toEqual({ a: '1' });
  });
});

describe('/set with a delay', () => {
  it('waits for its moment', async () => {
    const id = await start();
    await api.post(`/v2/conversations/${id}/messages`, command('/set a 1', { delay: 3000 }));
    expect((await read(id)).meta).toBeUndefined();
  });
});

describe('meta of a new conversation', () => {
  it('may not be so large that the conversation could not be stored any more', async () => {
    const meta = (characters: number) =>
      Object.fromEntries(Array.from({ length: 16 }, (_, key) => [`k${key}`, 'x'.repeat(characters)]));
    expect((await api.post('/v2/conversations', startRequest({ meta: meta(4_080) }))).status).toBe(201);
    const { status, body } = await api.post('/v2/conversations', startRequest({ meta: meta(4_096) }));
    expect([status, body.error.details[0].path]).toEqual([400, 'meta']);
  });
});
