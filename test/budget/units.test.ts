import { afterAll, beforeAll, expect, it } from 'vitest';
import type { WorkerParts } from '../../functions/worker/parts.ts';
import { work } from '../../functions/worker/work.ts';
import type { Delivery, Tick } from '../../shared/contracts/queue-messages.ts';
import { deliver } from '../../shared/delivery/deliver.ts';
import { createPace, type Pace } from '../../shared/delivery/pace.ts';
import type { DeliveryParts } from '../../shared/delivery/parts.ts';
import { createTicker } from '../../shared/queue/ticks.ts';
import { createTestClock } from '../support/api-clock.ts';
import { createTestObserver } from '../support/api-observer.ts';
import { emailMessage, newEmail, newTelephone } from '../support/api-requests.ts';
import { ORGANIZATION } from '../support/api-seed.ts';
import { type Api, startWorld, type World } from '../support/api-world.ts';
import { createMeter, type Meter, type Usage } from '../support/meter.ts';

let world: World;
let api: Api;
let meter: Meter;
const PAIR_MS = 6_000;
const clock = createTestClock();
const table: { measured: string; usage: Usage; queueCalls: number }[] = [];

beforeAll(async () => {
  world = await startWorld();
  api = world.createApi({ clock });
  meter = createMeter(api.documents);
  await api.post('/v2/conversations', start({ email: newEmail() }));
});
afterAll(async () => {
  console.log(
    ['| request | writes | reads | calls to the table | to queues |', '|---|---|---|---|---|']
      .concat(
        table.map(
          ({ measured, usage, queueCalls }) =>
            `| ${measured} | ${usage.writeUnits} | ${usage.readUnits} | ${usage.calls} | ${queueCalls} |`,
        ),
      )
      .join('\n'),
  );
  await world?.stop();
});

const start = (profile: object, messages: object[] = [emailMessage()]) => ({
  organization: ORGANIZATION.shop,
  type: 'contact',
  contact: { profile: { name: 'John Johnson', ...profile } },
  messages,
});

/** Measures a request and what it sends to the queue, and adds a row to the table. */
async function measure(measured: string, path: string, body: unknown, headers: Record<string, string> = {}) {
  let queueCalls = 0;
  const counting = { add: api.queue.middlewareStack.add.bind(api.queue.middlewareStack) } as {
    add(middleware: unknown, options: object): void;
  };
  counting.add(
    (next: (args: unknown) => Promise<unknown>) => (args: unknown) => {
      queueCalls += 1;
      return next(args);
    },
    { step: 'initialize', name: 'countQueueCalls', override: true },
  );
  const { result, usage } = await meter.measure(() => api.post(path, body, headers));
  table.push({ measured, usage, queueCalls });
  return { answer: result, usage, queueCalls };
}

it('creates a contact with both identifiers and one message in 3 round trips and at most 10 write units', async () => {
  const body = start({ email: newEmail(), telephone: newTelephone() });
  const { answer, usage, queueCalls } = await measure('start, two identifiers, one message', '/v2/conversations', body);
  expect(answer.status).toBe(201);
  expect(usage.commands).toEqual(['BatchGetItemCommand', 'TransactWriteItemsCommand']);
  expect(queueCalls).toBe(1);
  expect(usage.writeUnits).toBeLessThanOrEqual(10);
});

it('creates the same under an Idempotency-Key with at most 12', async () => {
  const body = start({ email: newEmail(), telephone: newTelephone() });
  const { answer, usage } = await measure('the same with Idempotency-Key', '/v2/conversations', body, {
    'idempotency-key': 'units-1',
  });
  expect(answer.status).toBe(201);
  expect(usage.writeUnits).toBeLessThanOrEqual(12);
});

it('finds a contact again and appends in 4 round trips and at most 3 write units', async () => {
  const profile = { email: newEmail(), telephone: newTelephone() };
  await api.post('/v2/conversations', start(profile));
  const { answer, usage, queueCalls } = await measure('upsert of a known contact', '/v2/conversations', start(profile));
  expect(answer.status).toBe(200);
  expect(usage.commands).toEqual(['BatchGetItemCommand', 'UpdateItemCommand', 'PutItemCommand']);
  expect(queueCalls).toBe(1);
  expect(usage.writeUnits).toBeLessThanOrEqual(3);
});

it('appends by id in 3 round trips and at most 3 write units, 7 under an Idempotency-Key', async () => {
  const { body } = await api.post('/v2/conversations', start({ email: newEmail() }));
  const append = { id: body.id, messages: [emailMessage()] };
  const { answer, usage, queueCalls } = await measure('append by id', '/v2/conversations', append);
  expect(answer.status).toBe(200);
  expect(usage.commands).toEqual(['UpdateItemCommand', 'PutItemCommand']);
  expect(queueCalls).toBe(1);
  expect(usage.writeUnits).toBeLessThanOrEqual(3);

  const keyed = await measure('append by id with Idempotency-Key', '/v2/conversations', append, {
    'idempotency-key': 'units-2',
  });
  expect(keyed.answer.status).toBe(200);
  expect(keyed.usage.commands).toEqual(['BatchGetItemCommand', 'TransactWriteItemsCommand']);
  // Two updates' worth for the conversation, the message, its index entry, and the record, each transactional.
  expect(keyed.usage.writeUnits).toBeLessThanOrEqual(7);
});

it('sets a key of meta in the append’s own update: no round trip and no write unit more', async () => {
  const { body } = await api.post('/v2/conversations', start({ email: newEmail() }));
  const messages = [{ text: '/set intent buy', type: 'command' }];
  const { answer, usage } = await measure('append of a /set', '/v2/conversations', { id: body.id, messages });
  expect(answer.body.meta).toEqual({ intent: 'buy' });
  expect(usage.commands).toEqual(['UpdateItemCommand', 'PutItemCommand']);
  expect(usage.writeUnits).toBeLessThanOrEqual(3);
});

it('keeps the item of a conversation with one participant at one write unit', async () => {
  const { body } = await api.post('/v2/conversations', start({ email: newEmail(), telephone: newTelephone() }));
  const { usage } = await meter.measure(() => api.post(`/v2/conversations/${body.id}/messages`, emailMessage()));
  expect(usage.writeUnits).toBeLessThanOrEqual(3);
});

/** Starts a conversation of one message and takes that to `sent`, adding rows to the table. */
async function liveWith(touchpoint: 'email' | 'whatsapp', started: object, pace: Pace, needsPointer = false) {
  const ticks: Tick[] = [];
  const deliveries: Delivery[] = [];
  const ticker = createTicker({ send: async (sent) => void ticks.push(...sent.map(({ body }) => body)) }, clock);
  const observe = createTestObserver();
  const queue = {
    send: async (sent: readonly { body: Delivery }[]) => void deliveries.push(...sent.map(({ body }) => body)),
  };
  const { parts } = api;
  const worker: WorkerParts = {
    ...parts,
    ticker,
    observe,
    deliveries: { email: queue, sms: queue, whatsapp: queue },
    unknownMs: 120_000,
    pairMs: PAIR_MS,
  };
  const send = async () => ({ outcome: 'accepted' as const, providerId: 'provider-id' });
  const sender: DeliveryParts = {
    ...parts,
    touchpoint,
    ticker,
    observe,
    pace,
    secrets: { text: async () => '', fields: async () => ({}) },
    providers: {
      ses: { name: 'ses', touchpoints: ['email'], needsPointer, send },
      whatsapp: { name: 'whatsapp', touchpoints: ['whatsapp'], send },
    },
    newToken: () => 'token',
    settings: {
      leaseMs: 45_000,
      unknownMs: 120_000,
      providerTimeoutMs: 10_000,
      minRemainingMs: 0,
      publicUrl: 'https://api.example.com',
    },
  };
  const { answer, usage: start } = await measure(`start by ${touchpoint}`, '/v2/conversations', started);
  const { items } = await lifeOf(answer.body.id);
  const tick: Tick = { conversation: answer.body.id, key: items[0] ?? '', organization: ORGANIZATION.shop };
  const { usage: worked } = await meter.measure(() => work(worker, tick));
  table.push({ measured: `worker, until it is handed over to ${touchpoint}`, usage: worked, queueCalls: 1 });
  const [delivery] = deliveries;
  if (!delivery) throw new Error('The worker handed nothing over.');
  const { usage: sent } = await meter.measure(() => deliver(sender, delivery, { remainingMs: () => 30_000 }));
  table.push({ measured: `${touchpoint}, until it is sent`, usage: sent, queueCalls: ticks.length });
  const life = start.writeUnits + worked.writeUnits + sent.writeUnits;
  table.push({
    measured: `the whole life by ${touchpoint}`,
    usage: {
      writeUnits: life,
      readUnits: start.readUnits + worked.readUnits + sent.readUnits,
      calls: start.calls + worked.calls + sent.calls,
      commands: [],
    },
    queueCalls: 1 + deliveries.length + ticks.length,
  });
  const read = await api.get(`/v2/conversations/${answer.body.id}?populate=messages`);
  expect(read.body.messages[0].delivery.status).toBe('accepted');
  return { life, sent };
}

const newPace = () => createPace({ table: api.parts.table, clock, random: Math.random, pairMs: PAIR_MS });

it('takes at most 13 write units for the whole life of a one-message conversation', async () => {
  const { life, sent } = await liveWith('email', start({ email: newEmail(), telephone: newTelephone() }), newPace());
  expect(life).toBeLessThanOrEqual(13);
  expect(sent.writeUnits).toBeLessThanOrEqual(2);
});

it('takes one unit and one call more where the provider’s id has to stand for the message', async () => {
  const lifeOfEmail = (needsPointer: boolean) =>
    liveWith('email', start({ email: newEmail(), telephone: newTelephone() }), newPace(), needsPointer);
  const plain = await lifeOfEmail(false);
  const pointed = await lifeOfEmail(true);
  expect(pointed.sent.writeUnits).toBe(plain.sent.writeUnits + 1);
  expect(pointed.sent.calls).toBe(plain.sent.calls + 1);
});

it('takes one more by WhatsApp for the pace to the person, and one per environment and 10 s for the number', async () => {
  const byWhatsapp = () =>
    start({ telephone: newTelephone() }, [
      { meta: { template: 'your_car_is_ready' }, text: 'Ready', touchpoint: 'whatsapp', role: 'agent' },
    ]);
  const pace = newPace();
  const first = await liveWith('whatsapp', byWhatsapp(), pace);
  expect(first.sent.writeUnits).toBeLessThanOrEqual(4);
  const second = await liveWith('whatsapp', byWhatsapp(), pace);
  expect(second.sent.writeUnits).toBeLessThanOrEqual(3);
  expect(second.life).toBeLessThanOrEqual(12);
});

/** Sort keys of the messages of a conversation. */
async function lifeOf(conversation: string): Promise<{ items: string[] }> {
  const items = await world.items();
  return {
    items: items
      .filter(({ pk, sk }) => pk === `C#${conversation}` && String(sk).startsWith('M#'))
      .map(({ sk }) => String(sk)),
  };
}
