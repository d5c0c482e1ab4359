import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getConversation } from '../../shared/store/conversations.ts';
import { findOwners, identityOf } from '../../shared/store/identities.ts';
import { listNewest } from '../../shared/store/messages.ts';
import type { Item } from '../../shared/store/table.ts';
import { createTestClock, slowClock } from '../support/api-clock.ts';
import { aroundCalls, type ClientCall, conflictOf, refuseEntries } from '../support/api-faults.ts';
import { createInterleaving } from '../support/api-interleave.ts';
import { chooseSeed, createRandom, pick } from '../support/api-random.ts';
import { emailMessage, newEmail, newTelephone, smsMessage, startRequest, startWith } from '../support/api-requests.ts';
import { ORGANIZATION } from '../support/api-seed.ts';
import { describeContact, type Outcome, permutations, runSerially, type SerialRequest } from '../support/api-serial.ts';
import { type Answer, type Api, PEPPER, startWorld, type World } from '../support/api-world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world?.stop());

const start = (api: Api, body: unknown) => api.post('/v2/conversations', body);
const countOf = (answers: readonly Answer[], status: number) =>
  answers.filter((answer) => answer.status === status).length;
const isMessage = ({ sk }: Item) => String(sk).startsWith('M#');

/** What starts for one person must leave behind. */
async function expectOnePerson(answers: readonly Answer[], identities: number) {
  const count = answers.length;
  expect([countOf(answers, 201), countOf(answers, 200)]).toEqual([1, count - 1]);
  const [conversation, ...others] = [...new Set(answers.map(({ body }) => body.id))];
  expect(others).toEqual([]);
  expect(new Set(answers.map(({ body }) => body.contact)).size).toBe(1);

  const items = await world.items();
  const own = items.filter(({ pk }) => pk === `C#${conversation}`);
  expect(own.filter(({ sk }) => sk === '@')).toHaveLength(1);
  expect(items.filter((item) => item.conversation === conversation && String(item.pk).startsWith('I#'))).toHaveLength(
    identities,
  );
  const messages = own
    .filter(isMessage)
    .map(({ sk, id }) => ({ id, due: Number(String(sk).slice(2, 15)), seq: Number(String(sk).slice(16)) }))
    .sort((a, b) => a.seq - b.seq);
  expect(new Set(messages.map(({ id }) => id))).toEqual(new Set(answers.flatMap(({ body }) => body.messages)));
  expect(new Set(messages.map(({ id }) => id)).size).toBe(count);
  const backwards = messages.filter(({ due }, index) => due < (messages[index - 1]?.due ?? 0));
  expect(backwards).toEqual([]);
  return { conversation, messages, lastAt: own.find(({ sk }) => sk === '@')?.lastAt };
}

describe('parallel starts for one new person', () => {
  it('make, of 200, one contact and one conversation that holds every message in its place', async () => {
    const before = new Set((await world.items()).filter(({ pk }) => String(pk).startsWith('C#')).map(({ pk }) => pk));
    const api = world.createApi({ clock: slowClock(0) });
    const request = startRequest();
    const answers = await Promise.all(Array.from({ length: 200 }, () => start(api, request)));
    const { messages } = await expectOnePerson(answers, 1);
    expect(messages.map(({ seq }) => seq)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
    const conversations = (await world.items()).filter(({ pk, sk }) => String(pk).startsWith('C#') && sk === '@');
    expect(conversations.filter(({ pk }) => !before.has(pk))).toHaveLength(1);
    expect(api.observer.counted('ConversationStarted')).toBe(1);
    expect(api.observer.counted('MessageAccepted')).toBe(200);
    expect(api.observer.faults).toEqual([]);
  });

  it('do so from several environments whose clocks disagree', async () => {
    const apis = [0, 60, -60, 15].map((skewMs) => world.createApi({ clock: slowClock(skewMs) }));
    const request = startRequest();
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => start(apis[index % apis.length] as Api, request)),
    );
    const { messages, lastAt } = await expectOnePerson(answers, 1);
    expect(messages.map(({ seq }) => seq)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
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

  it(`end as some serial order of them would, in ${ROUNDS} random interleavings`, async () => {
    const seed = chooseSeed();
    console.log(`Interleavings of seed ${seed}; repeat with OVERTURE_TEST_SEED=${seed}.`);
    const random = createRandom(seed);
    const seen = new Set<string>();
    const apis = [0, 1, 2].map(() => world.createApi());
    for (let round = 0; round < ROUNDS; round++) {
      const email = newEmail();
      const telephone = newTelephone();
      const both = pick(['email', 'sms'] as const, random);
      const requests: SerialRequest[] = [
        { name: 'A', email, touchpoint: 'email' },
        { name: 'B', telephone, touchpoint: 'sms' },
        { name: 'C', email, telephone, touchpoint: both },
      ];
      const answers = await interleaved(apis, requests, random);
      const outcome = await observe(requests, answers);
      const allowed = permutations(requests).map(runSerially);
      expect(allowed, `round ${round} of seed ${seed}`).toContainEqual(outcome);
      seen.add(JSON.stringify(outcome));
    }
    expect(seen.size, 'the interleavings must reach several outcomes').toBeGreaterThan(3);
  });

  async function interleaved(apis: readonly Api[], requests: readonly SerialRequest[], random: () => number) {
    const interleaving = createInterleaving(random);
    const tasks = apis.flatMap((api, index) => {
      const request = requests[index];
      if (!request) return [];
      const { name, email, telephone, touchpoint } = request;
      interleaving.join(api.documents);
      const message = touchpoint === 'email' ? emailMessage(name) : smsMessage(name);
      return [() => start(api, startWith({ email, telephone }, { messages: [message] }))];
    });
    return interleaving.run(tasks);
  }

  async function observe(requests: readonly SerialRequest[], answers: readonly Answer[]): Promise<Outcome> {
    const [email = '', telephone = ''] = [requests[0]?.email, requests[1]?.telephone];
    const owners = await findOwners(world.table, [
      identityOf(PEPPER, ORGANIZATION.shop, 'email', email),
      identityOf(PEPPER, ORGANIZATION.shop, 'telephone', telephone),
    ]);
    const conversations = [...new Set(answers.map(({ body }) => String(body.id)))];
    const contacts = await Promise.all(
      conversations.map(async (id) => {
        const conversation = await getConversation(world.table, id, { consistent: true });
        const { email: primaryEmail, telephone: primaryTelephone } = conversation?.profile ?? {};
        const messages = await listNewest(world.table, id, 100);
        return {
          ids: messages.map((message) => message.id),
          texts: messages.map(({ text = '' }) => text),
          found: [...owners].filter(([, owner]) => owner === id).map(([kind]) => kind),
          primary: [...(primaryEmail ? ['email'] : []), ...(primaryTelephone ? ['telephone'] : [])],
        };
      }),
    );
    expect(contacts.flatMap(({ texts }) => texts).sort()).toEqual(['A', 'B', 'C']);
    expect(contacts.flatMap(({ ids }) => ids).sort()).toEqual(answers.flatMap(({ body }) => body.messages).sort());
    return {
      answers: Object.fromEntries(
        requests.map(({ name }, index) => [
          name,
          `${answers[index]?.status}${answers[index]?.headers['x-identifier-conflict'] ? ' conflict' : ''}`,
        ]),
      ),
      contacts: contacts.map(({ texts, found, primary }) => describeContact(texts, found, primary)).sort(),
    };
  }
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
