import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Item } from '../../shared/store/table.ts';
import { createTestClock, slowClock } from '../support/api-clock.ts';
import { haveWritesMeet } from '../support/api-conflicts.ts';
import { createCrossings } from '../support/api-crossing.ts';
import { type CrowdRequest, lookAtPerson, sendAtOnce } from '../support/api-crowd.ts';
import { aroundCalls, type ClientCall, conflictOf, refuseEntries } from '../support/api-faults.ts';
import { chooseSeed, createRandom } from '../support/api-random.ts';
import { emailMessage, newEmail, newTelephone, startRequest, startWith } from '../support/api-requests.ts';
import { type Api, startWorld, type World } from '../support/api-world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world?.stop());

const start = (api: Api, body: unknown) => api.post('/v2/conversations', body);
const isMessage = ({ sk }: Item) => String(sk).startsWith('M#');

const CROWD = 1_000;
const MEETING_CROWD = 200;
const repeated = (count: number, request: CrowdRequest) => Array.from({ length: count }, () => request);
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('parallel starts for one new person', () => {
  it(`make, of ${CROWD}, one contact and one conversation that holds every message in its place`, {
    timeout: 240_000,
  }, async () => {
    const before = new Set((await world.items()).filter(({ pk }) => String(pk).startsWith('C#')).map(({ pk }) => pk));
    const api = world.createApi({ clock: slowClock(0) });
    const answers = await sendAtOnce([api], repeated(CROWD, { body: startRequest() }));
    const { messages, problems } = await lookAtPerson(world, answers, 1);
    expect(problems).toEqual([]);
    expect(messages.map(({ seq }) => seq)).toEqual(numbers(CROWD));
    const conversations = (await world.items()).filter(({ pk, sk }) => String(pk).startsWith('C#') && sk === '@');
    expect(conversations.filter(({ pk }) => !before.has(pk))).toHaveLength(1);
    expect(api.observer.counted('ConversationStarted')).toBe(1);
    expect(api.observer.counted('MessageAccepted')).toBe(CROWD);
    expect(api.observer.faults).toEqual([]);
  });

  it('do so when transactions and writes get in each other’s way', { timeout: 120_000 }, async () => {
    const seed = chooseSeed();
    console.log(`Conflicts of seed ${seed}; repeat with OVERTURE_TEST_SEED=${seed}.`);
    const api = world.createApi({ clock: slowClock(0) });
    haveWritesMeet(api.documents, createRandom(seed), 0.1);
    const answers = await sendAtOnce([api], repeated(MEETING_CROWD, { body: startRequest() }));
    expect((await lookAtPerson(world, answers, 1)).problems).toEqual([]);
    expect(api.observer.counted('WriteContended')).toBeGreaterThan(MEETING_CROWD / 10);
  });

  it('do so when each has a key of its own, or a name of its own for its message', { timeout: 120_000 }, async () => {
    const api = world.createApi({ clock: slowClock(0) });
    const keyed = startRequest();
    const byKey = await sendAtOnce(
      [api],
      numbers(150).map((number) => ({ body: keyed, headers: { 'idempotency-key': `crowd-${number}` } })),
    );
    expect((await lookAtPerson(world, byKey, 1)).problems).toEqual([]);
    const profile = { email: newEmail() };
    const byName = await sendAtOnce(
      [api],
      numbers(150).map((number) => ({
        body: startWith(profile, { messages: [{ ...emailMessage(), clientId: `crowd-${number}` }] }),
      })),
    );
    expect((await lookAtPerson(world, byName, 1)).problems).toEqual([]);
  });

  it('do so from several environments whose clocks disagree', async () => {
    const apis = [0, 60, -60, 15].map((skewMs) => world.createApi({ clock: slowClock(skewMs) }));
    const answers = await sendAtOnce(apis, repeated(100, { body: startRequest() }));
    const { messages, lastAt, problems } = await lookAtPerson(world, answers, 1);
    expect(problems).toEqual([]);
    expect(messages.map(({ seq }) => seq)).toEqual(numbers(100));
    expect(lastAt).toBe(messages.at(-1)?.due);
  });

  it('do so when each gives another combination of identifiers', async () => {
    const api = world.createApi({ clock: slowClock(0) });
    const profile = { email: newEmail(), telephone: newTelephone() };
    const first = start(api, startWith(profile));
    const later = Array.from({ length: 59 }, (_, index) =>
      start(api, startWith([profile, { email: profile.email }, { telephone: profile.telephone }][index % 3])),
    );
    const answers = await Promise.all([first, ...later]);
    expect(answers.map(({ status }) => status).filter((status) => status >= 500)).toEqual([]);
    const conversations = [...new Set(answers.map(({ body }) => body.id))];
    const stored = (await world.items()).filter(
      (item) => isMessage(item) && conversations.includes(String(item.pk).slice(2)),
    );
    expect(new Set(stored.map(({ id }) => id))).toEqual(new Set(answers.flatMap(({ body }) => body.messages)));
    expect(stored).toHaveLength(60);
  });
});

describe('requests with crossing identifiers', () => {
  const ROUNDS = 100;

  it(`end as some serial order of them would, in ${ROUNDS} random interleavings`, { timeout: 120_000 }, async () => {
    const seed = chooseSeed();
    console.log(`Interleavings of seed ${seed}; repeat with OVERTURE_TEST_SEED=${seed}.`);
    const cross = createCrossings(world);
    const seen = new Set<string>();
    for (let round = 0; round < ROUNDS; round++) {
      const { outcome, problems } = await cross(seed + round);
      expect(problems).toEqual([]);
      seen.add(JSON.stringify(outcome));
    }
    expect(seen.size, 'the interleavings must reach several outcomes').toBeGreaterThan(3);
  });
});

describe('a write that meets others', () => {
  const isWrite = (call: ClientCall) => conflictOf(call) !== undefined;

  /** An API whose first writes meet others, `times` of them. */
  function createConflicted(times: number) {
    const api = world.createApi();
    let left = times;
    aroundCalls(api.documents, async (call, proceed) => {
      if (!isWrite(call) || left-- <= 0) return proceed();
      throw conflictOf(call);
    });
    return api;
  }

  const storedOf = async (conversation: string) =>
    (await world.items()).filter((item) => item.pk === `C#${conversation}` && isMessage(item));

  it('is tried again: a new contact is created once', async () => {
    const api = createConflicted(3);
    const { status, body } = await start(api, startRequest());
    expect(status).toBe(201);
    expect(api.observer.counted('WriteContended')).toBe(3);
    expect(await storedOf(body.id)).toMatchObject([{ id: body.messages[0] }]);
  });

  it('is tried again: messages of a known contact are stored once', async () => {
    const request = startRequest({ messages: [emailMessage('1'), emailMessage('2')] });
    const first = await start(world.createApi(), request);
    const api = createConflicted(3);
    const second = await start(api, request);
    expect([second.status, second.body.id]).toEqual([200, first.body.id]);
    expect(api.observer.counted('WriteContended')).toBe(3);
    const stored = await storedOf(first.body.id);
    expect(stored.map(({ id }) => id).sort()).toEqual([...first.body.messages, ...second.body.messages].sort());
  });

  it('is tried again: an identifier is attached once, with its messages', async () => {
    const profile = { email: newEmail(), telephone: newTelephone() };
    const first = await start(world.createApi(), startWith({ email: profile.email }));
    const second = await start(createConflicted(3), startWith(profile));
    expect([second.status, second.body.id]).toEqual([200, first.body.id]);
    expect(await storedOf(first.body.id)).toHaveLength(2);
  });

  it('answers 503 with Retry-After when it never gets through, and stores nothing', async () => {
    const known = { email: newEmail() };
    await start(world.createApi(), startWith(known));
    const before = await world.items();
    const queued = await world.queueLength();
    const api = createConflicted(Number.POSITIVE_INFINITY);
    const attaching = { ...known, telephone: newTelephone() };
    for (const profile of [{ email: newEmail() }, known, attaching]) {
      const { status, headers, body } = await start(api, startWith(profile));
      expect(status).toBe(503);
      expect(headers['retry-after']).toMatch(/^[1-9]\d*$/);
      expect(body.error.code).toBe('overloaded');
    }
    expect(await world.items()).toEqual(before);
    expect(await world.queueLength()).toBe(queued);
    expect(api.observer.faults).toEqual([]);
  });

  it('gives up within 3 seconds', async () => {
    const clock = createTestClock();
    const api = world.createApi({ clock });
    aroundCalls(api.documents, async (call, proceed) => {
      if (!isWrite(call)) return proceed();
      clock.advance(700);
      throw conflictOf(call);
    });
    const startedAt = clock.now();
    expect((await start(api, startRequest())).status).toBe(503);
    expect(clock.now() - startedAt).toBeLessThan(5_000);
  });

  it('finds its messages stored when the answer to the write was lost', async () => {
    const request = startRequest({ messages: [emailMessage('1'), emailMessage('2')] });
    const first = await start(world.createApi(), request);
    const api = world.createApi();
    let transactions = 0;
    aroundCalls(api.documents, async (call, proceed) => {
      if (!call.command.startsWith('TransactWrite') || transactions++ > 0) return proceed();
      await proceed();
      throw conflictOf(call);
    });
    const second = await start(api, request);
    expect([second.status, transactions]).toEqual([200, 2]);
    expect(await storedOf(first.body.id)).toHaveLength(4);
  });
});

describe('a queue that does not take ticks', () => {
  const five = () => startRequest({ messages: Array.from({ length: 5 }, (_, index) => emailMessage(`${index}`)) });
  const ticksOf = async (conversation: string) =>
    (await world.receiveTicks()).filter((tick) => tick.conversation === conversation).map(({ key }) => key);
  const keysOf = async (conversation: string) =>
    (await world.items()).filter((item) => item.pk === `C#${conversation}` && isMessage(item)).map(({ sk }) => sk);

  it('changes nothing for the caller: the messages are stored, and the failure is counted', async () => {
    const api = world.createApi();
    aroundCalls(api.queue, () => Promise.reject(new Error('The queue is gone.')));
    const { status, body } = await start(api, five());
    expect(status).toBe(201);
    expect(api.observer.counted('EnqueueFailed')).toBe(5);
    expect(await keysOf(body.id)).toHaveLength(5);
    expect(await ticksOf(body.id)).toEqual([]);
    expect((await api.get(`/v2/conversations/${body.id}`)).body.messages).toEqual(body.messages);
  });

  it('changes nothing for an append either', async () => {
    const request = startRequest();
    const { body } = await start(world.createApi(), request);
    const api = world.createApi();
    aroundCalls(api.queue, () => Promise.reject(new Error('The queue is gone.')));
    const appended = await api.post(`/v2/conversations/${body.id}/messages`, emailMessage());
    expect(appended.status).toBe(201);
    expect(api.observer.counted('EnqueueFailed')).toBe(1);
    expect(await keysOf(body.id)).toHaveLength(2);
  });

  it('is counted for the ticks it refuses, and has the others once', async () => {
    const api = world.createApi();
    refuseEntries(api.queue, (index) => index === 1 || index === 3);
    const { status, body } = await start(api, five());
    expect(status).toBe(201);
    expect(api.observer.counted('EnqueueFailed')).toBe(2);
    const keys = (await keysOf(body.id)).map(String).sort();
    expect(keys).toHaveLength(5);
    expect((await ticksOf(body.id)).sort()).toEqual(keys.filter((_, index) => index !== 1 && index !== 3));
  });

  it('is asked again: ticks that were refused once arrive, and none arrives twice', async () => {
    const api = world.createApi();
    const refused = new Set([0, 2]);
    refuseEntries(api.queue, (index) => refused.delete(index));
    const { body } = await start(api, five());
    expect(api.observer.counted('EnqueueFailed')).toBe(0);
    expect((await ticksOf(body.id)).sort()).toEqual((await keysOf(body.id)).map(String).sort());
  });
});
