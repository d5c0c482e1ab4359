import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { slowClock } from '../support/api-clock.ts';
import { aroundCalls, refuseEntries } from '../support/api-faults.ts';
import { emailMessage, newEmail, newTelephone, smsMessage, startRequest, startWith } from '../support/api-requests.ts';
import { ORGANIZATION, USER } from '../support/api-seed.ts';
import { type Answer, type Api, startWorld, type World } from '../support/api-world.ts';
import { bulkOn, PATH } from './support.ts';

let world: World;
let api: Api;
let bulk: ReturnType<typeof bulkOn>;

beforeAll(async () => {
  world = await startWorld();
  api = world.createApi({ clock: slowClock() });
  bulk = bulkOn(api, world.botToken);
});
afterAll(() => world?.stop());

// biome-ignore lint/suspicious/noExplicitAny: items are what a client may send, wrong ones too
type Json = any;

const textsOf = async (conversation: string): Promise<string[]> =>
  (await api.get(`/v2/conversations/${conversation}?populate=messages`)).body.messages.map(
    ({ text }: { text: string }) => text,
  );
const statusesIn = ({ body }: Answer): string[] => body.results.map(({ status }: { status: string }) => status);
const countsIn = ({ body: { created, appended, repeated, refused } }: Answer) => ({
  created,
  appended,
  repeated,
  refused,
});

/** What is wrong with an item, and the code it is refused with. */
const BAD: readonly (readonly [make: () => Json, code: string])[] = [
  [() => startWith({ telephone: '12' }), 'invalid_request'],
  [() => startRequest({ messages: [{ text: 'For agents only.' }] }), 'outbound_message_required'],
  [() => startRequest({ organization: ORGANIZATION.other }), 'not_found'],
  [() => startRequest({ organization: ORGANIZATION.bare, messages: [smsMessage()] }), 'touchpoint_unavailable'],
  [() => startRequest({ contact: { profile: { name: 'Nobody' } } }), 'identifier_required'],
  [() => 'John', 'invalid_request'],
  [() => null, 'invalid_request'],
  [() => ({ id: 'ffffffffffffffffffffffff', messages: [emailMessage()] }), 'not_found'],
  [() => startRequest({ clientId: 7 }), 'invalid_request'],
  [() => startRequest({ messages: [{ ...emailMessage(), delay: -1 }] }), 'invalid_request'],
];

describe('a bulk request', () => {
  it('of 1,000 with 100 bad ones starts 900, says why for 100, and does nothing when it is repeated', {
    timeout: 300_000,
  }, async () => {
    const items = Array.from({ length: 1000 }, (_, index) =>
      index % 10 === 3
        ? (BAD[Math.floor(index / 10) % BAD.length] as (typeof BAD)[number])[0]()
        : startRequest({ clientId: `row ${index}` }),
    );
    const first = await bulk.post(items);
    expect(first.status).toBe(200);
    expect(countsIn(first)).toEqual({ created: 900, appended: 0, repeated: 0, refused: 100 });
    first.body.results.forEach((result: Json, index: number) => {
      const [, code] = BAD[Math.floor(index / 10) % BAD.length] ?? [];
      expect(result).toMatchObject(
        index % 10 === 3
          ? { index, status: 'refused', error: { code, message: expect.any(String), details: expect.any(Array) } }
          : { index, clientId: `row ${index}`, status: 'created', messages: [expect.any(String)] },
      );
    });
    const stored = await world.items();
    const started = new Set(first.body.results.flatMap(({ conversation }: Json) => conversation ?? []));
    expect(started.size).toBe(900);

    const again = await bulk.post(items);
    expect(countsIn(again)).toEqual({ created: 0, appended: 0, repeated: 900, refused: 100 });
    const idsOf = ({ body }: Answer) =>
      body.results.map(({ conversation, contact, messages }: Json) => [conversation, contact, messages]);
    expect(idsOf(again)).toEqual(idsOf(first));
    expect(await world.items()).toHaveLength(stored.length);
  });

  it('keeps the order of the array for one person, by whichever of their identifiers', async () => {
    const [email, telephone] = [newEmail(), newTelephone()];
    const items = Array.from({ length: 30 }, (_, index) => {
      const profile = [{ email }, { email, telephone }, { telephone }][index === 0 ? 1 : index % 3];
      return startWith(profile, { messages: [profile?.email ? emailMessage(`${index}`) : smsMessage(`${index}`)] });
    });
    const answer = await bulk.post(items);
    expect(statusesIn(answer)).toEqual(['created', ...Array.from({ length: 29 }, () => 'appended')]);
    expect(await textsOf(answer.body.results[0].conversation)).toEqual(items.map((_, index) => `${index}`));
  });

  it('adds to conversations that items name, in the order of the array', async () => {
    const { body } = await api.post('/v2/conversations', startRequest());
    const items = Array.from({ length: 10 }, (_, index) => ({ id: body.id, messages: [emailMessage(`${index}`)] }));
    const answer = await bulk.post(items);
    expect(new Set(statusesIn(answer))).toEqual(new Set(['appended']));
    expect((await textsOf(body.id)).slice(1)).toEqual(items.map((_, index) => `${index}`));
  });

  it('names the other contact where identifiers belong to two', async () => {
    const [email, telephone] = [newEmail(), newTelephone()];
    const answer = await bulk.post([
      startWith({ email }),
      startWith({ telephone }),
      startWith({ email, telephone }, { messages: [smsMessage()] }),
    ]);
    const [byEmail, byTelephone, both] = answer.body.results;
    expect(both).toMatchObject({ contact: byTelephone.contact, conflictingContact: byEmail.contact });
  });

  it('sends its ticks ten to a call, and its messages are accepted when the queue takes none', async () => {
    const own = world.createApi({ clock: slowClock() });
    const calls: number[] = [];
    aroundCalls(own.queue, (call, proceed) => {
      calls.push(call.input.Entries.length);
      return proceed();
    });
    const items = () => Array.from({ length: 25 }, () => startRequest());
    await bulkOn(own, world.botToken).post(items());
    expect(calls).toEqual([10, 10, 5]);

    const deaf = world.createApi({ clock: slowClock() });
    refuseEntries(deaf.queue, () => true);
    expect(countsIn(await bulkOn(deaf, world.botToken).post(items()))).toMatchObject({ created: 25, refused: 0 });
    expect(deaf.observer.counted('EnqueueFailed')).toBe(25);
  });

  it('begins nothing more when its time is over; what was not reached is started by the repetition', async () => {
    let now = Date.now();
    const tired = world.createApi({ clock: { now: () => ++now, sleep: async () => {} } });
    const items = Array.from({ length: 120 }, (_, index) => startRequest({ clientId: `late ${index}` }));
    const first = await bulkOn(tired, world.botToken, 300).post(items);
    const reached = first.body.created;
    expect(reached).toBeGreaterThan(0);
    expect(countsIn(first)).toEqual({ created: reached, appended: 0, repeated: 0, refused: 120 - reached });
    expect(first.body.results.at(-1)).toMatchObject({ status: 'refused', error: { code: 'not_reached' } });
    const second = await bulk.post(items);
    expect(countsIn(second)).toEqual({ created: 120 - reached, appended: 0, repeated: reached, refused: 0 });
  });

  it('goes on when one item meets a fault of ours, which is logged and told without its words', async () => {
    const faulty = world.createApi({ clock: slowClock() });
    const items = [startRequest(), startRequest(), startRequest()];
    let transactions = 0;
    aroundCalls(faulty.documents, (call, proceed) => {
      if (call.command.startsWith('TransactWrite') && ++transactions === 2) throw new Error('secret words');
      return proceed();
    });
    const answer = await bulkOn(faulty, world.botToken).post(items);
    expect(countsIn(answer)).toMatchObject({ created: 2, refused: 1 });
    expect(JSON.stringify(answer.body)).toContain('internal_error');
    expect(JSON.stringify(answer.body)).not.toContain('secret words');
    expect(faulty.observer.faults).toHaveLength(1);
  });
});

describe('an item', () => {
  it('with the clientId of another one is refused, and with that of the same one stands for it', async () => {
    const item = startRequest({ clientId: 'order 5' });
    const other = startRequest({ clientId: 'order 5' });
    const answer = await bulk.post([item, item, other]);
    expect(statusesIn(answer)).toEqual(['created', 'repeated', 'refused']);
    const [first, second, third] = answer.body.results;
    expect(second.messages).toEqual(first.messages);
    expect(third.error).toMatchObject({ code: 'idempotency_key_reused', details: [{ path: 'clientId' }] });
  });

  it('without a clientId has its effect once by its place in a request with Idempotency-Key', async () => {
    const items = [startRequest(), startRequest({ clientId: 'by itself' }), startRequest()];
    const keyed = { 'idempotency-key': 'night-of-the-12th' };
    const first = await bulk.post(items, keyed);
    expect(statusesIn(first)).toEqual(['created', 'created', 'created']);
    const again = await bulk.post([...items.slice(0, 2), startRequest()], keyed);
    expect(statusesIn(again)).toEqual(['repeated', 'repeated', 'refused']);
    expect(again.body.results[2].error.details).toEqual([
      { path: 'Idempotency-Key', message: 'was used for another request' },
    ]);
  });

  it('is not taken for one of another caller that uses the same clientId', async () => {
    const stranger = await world.token(USER.stranger, 'bot');
    const own = await bulk.post([startRequest({ clientId: 'mine' })]);
    const theirs = await bulkOn(api, stranger).post([
      startRequest({ clientId: 'mine', organization: ORGANIZATION.other }),
    ]);
    expect([statusesIn(own), statusesIn(theirs)]).toEqual([['created'], ['created']]);
  });
});

describe('an item that names something of another organization', () => {
  it('is refused as one that names what nobody has, and changes nothing', async () => {
    const { body: ours } = await api.post('/v2/conversations', startRequest());
    const stranger = bulkOn(api, await world.token(USER.stranger, 'bot'));
    const before = await world.items();
    const itemsFor = (conversation: string, organization: string) => [
      { id: conversation, messages: [emailMessage()] },
      startRequest({ organization, contact: { profile: { email: 'ours@example.com' } } }),
    ];
    const foreign = await stranger.post(itemsFor(ours.id, ORGANIZATION.shop));
    const unknown = await stranger.post(itemsFor('f'.repeat(24), 'f'.repeat(24)));
    expect(foreign).toEqual(unknown);
    expect(countsIn(foreign)).toMatchObject({ refused: 2 });
    expect(await world.items()).toEqual(before);
  });
});

describe('a bulk request as a whole is refused', () => {
  const bearer = async (scope: 'guest' | 'bot') => ({ authorization: `Bearer ${await world.token(USER.bot, scope)}` });
  const body = (json: unknown) => Buffer.from(JSON.stringify(json));

  it.for<[name: string, status: number, code: string, make: () => Json | Promise<Json>]>([
    ['when it is no array', 400, 'invalid_request', async () => ({ headers: await bearer('bot'), body: body({}) })],
    ['when it is empty', 400, 'invalid_request', async () => ({ headers: await bearer('bot'), body: body([]) })],
    [
      'when it has 1,001 items',
      400,
      'invalid_request',
      async () => ({ headers: await bearer('bot'), body: body(Array.from({ length: 1001 }, () => 1)) }),
    ],
    [
      'when it is no JSON',
      400,
      'malformed_json',
      async () => ({ headers: await bearer('bot'), body: Buffer.from('[') }),
    ],
    [
      'above 5 MB',
      413,
      'request_too_large',
      async () => ({ headers: await bearer('bot'), body: Buffer.alloc(5 * 1024 * 1024 + 1, ' ') }),
    ],
    ['without a token', 401, 'unauthorized', () => ({ body: body([startRequest()]) })],
    ['for a guest', 403, 'forbidden', async () => ({ headers: await bearer('guest'), body: body([startRequest()]) })],
    ['by another method', 405, 'method_not_allowed', () => ({ method: 'GET' })],
    ['at another path', 404, 'not_found', () => ({ path: `${PATH}/more` })],
    [
      'when it asks for a dry run',
      400,
      'invalid_request',
      async () => ({ headers: await bearer('bot'), body: body([startRequest()]), path: `${PATH}?dryRun=true` }),
    ],
    [
      'with an Idempotency-Key that is none',
      400,
      'invalid_request',
      async () => ({
        headers: { ...(await bearer('bot')), 'idempotency-key': 'two words' },
        body: body([startRequest()]),
      }),
    ],
  ])('%s', async ([, status, code, make]) => {
    const request = await make();
    const before = (await world.items()).length;
    expect(await bulk.send({ method: 'POST', path: PATH, headers: {}, ...request })).toMatchObject({
      status,
      body: { error: { code } },
    });
    expect(await world.items()).toHaveLength(before);
  });
});
