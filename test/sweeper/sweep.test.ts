import type { DynamoDBStreamEvent } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { storedMessages } from '../../functions/sweeper/stored-messages.ts';
import { remember, sweep } from '../../functions/sweeper/sweep.ts';
import { type Sweep, SweepSchema } from '../../shared/contracts/queue-messages.ts';
import type { MessageState } from '../../shared/domain/message.ts';
import { EnqueueError } from '../../shared/queue/send.ts';
import type { Table } from '../../shared/store/table.ts';
import { addressOf, createSetting, inSeconds, type Setting } from '../delivery/setting.ts';
import { aMessage, createFakeQueue, tableOf } from '../support/builders.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';

describe('what a stream tells of', () => {
  type Attribute = { S: string } | { N: string };
  const record = (eventName: 'INSERT' | 'MODIFY' | 'REMOVE', image: Record<string, Attribute> | undefined) => ({
    eventName,
    dynamodb: { ...(image && { NewImage: image }) },
  });
  const message = aMessage();
  const image = (overrides: Record<string, Attribute> = {}) => ({
    pk: { S: `C#${message.conversation}` },
    sk: { S: message.key },
    organization: { S: message.organization },
    state: { S: 'pending' },
    ...overrides,
  });
  const told = (...records: ReturnType<typeof record>[]) => storedMessages({ Records: records } as DynamoDBStreamEvent);

  it('is each message that was stored and is not finished', () =>
    expect(told(record('INSERT', image()), record('INSERT', image({ state: { S: 'pending' } })))).toEqual([
      addressOf(message),
      addressOf(message),
    ]));

  it.each<[string, ReturnType<typeof record>]>([
    ['a message that changed', record('MODIFY', image())],
    ['a message that is gone', record('REMOVE', undefined)],
    ['an inbound message, which is finished', record('INSERT', image({ state: { S: 'done' } }))],
    ['a conversation', record('INSERT', image({ sk: { S: '@' } }))],
    ['a body that is kept apart', record('INSERT', image({ sk: { S: 'B#66c3ed372a33131f1b4ba1b8' } }))],
    ['an identity', record('INSERT', { pk: { S: 'I#o#t#x' }, sk: { S: '@' } })],
    ['a record without an image', record('INSERT', undefined)],
  ])('is not %s', (_what, other) => expect(told(other)).toEqual([]));
});

describe('what is remembered', () => {
  const addresses = (count: number, organization = 'o') =>
    Array.from({ length: count }, (_, index) => ({ conversation: 'c', key: `k${index}`, organization }));

  it.each([
    [0, []],
    [1, [1]],
    [100, [100]],
    [250, [100, 100, 50]],
  ])('of %d messages is packed by hundreds, for later', async (count, sizes) => {
    const queue = createFakeQueue<Sweep>();
    await remember(queue, addresses(count), 60);
    expect(queue.bodies().map(({ messages }) => messages.length)).toEqual(sizes);
    expect(queue.bodies().flatMap(({ messages }) => messages)).toEqual(addresses(count));
    for (const { body, group, delaySeconds } of queue.sent) {
      expect([group, delaySeconds, SweepSchema.safeParse(body).success]).toEqual(['o', 60, true]);
    }
  });

  it('is told again when the queue did not take it', async () => {
    const queue = createFakeQueue<Sweep>();
    queue.refuseNext();
    await expect(remember(queue, addresses(1), 60)).rejects.toBeInstanceOf(EnqueueError);
  });
});

describe('a sweep', () => {
  let emulator: TestTable;
  let table: Table;
  let setting: Setting;
  beforeAll(async () => {
    emulator = await startTestTable();
    table = tableOf(emulator);
  });
  afterAll(() => emulator.stop());
  beforeEach(async () => {
    setting = await createSetting(table);
  });

  const swept = (messages: Sweep['messages']) =>
    sweep({ table, ticker: setting.worker.ticker, observe: setting.observe, now: setting.clock.now }, { messages });

  it.each<[MessageState, boolean]>([
    ['pending', true],
    ['canceled', true],
    ['moved', true],
    ['sending', false],
    ['unknown', false],
    ['sent', false],
    ['failed', false],
    ['done', false],
  ])('of one that is %s ticks it: %s', async (state, ticks) => {
    const { messages } = await setting.given({}, { state });
    await swept([addressOf(messages[0])]);
    expect(setting.takeTicks()).toEqual(ticks ? [[messages[0].key, 0]] : []);
  });

  it('ticks each for its moment, as far as a queue can wait', async () => {
    const { messages } = await setting.given(
      {},
      { due: inSeconds(-5) },
      { due: inSeconds(8.5) },
      { due: inSeconds(7_200) },
    );
    await swept(messages.map(addressOf));
    expect(setting.takeTicks().toSorted()).toEqual([
      [messages[0].key, 0],
      [messages[1]?.key, 9],
      [messages[2]?.key, 900],
    ]);
    expect(setting.observe.counts.get('SweptTick')).toBe(1);
  });

  it('counts all it looks at, also where no tick was lost: what is swept is a share of that', async () => {
    const { messages } = await setting.given({}, { state: 'sent' }, { state: 'done' });
    await swept(messages.map(addressOf));
    expect(setting.observe.counts.get('MessageChecked')).toBe(2);
    expect(setting.observe.counts.get('SweptTick')).toBeUndefined();
  });

  it('passes over those that are not there', async () => {
    await swept([addressOf(aMessage())]);
    expect(setting.takeTicks()).toEqual([]);
  });

  it('takes a full pack', async () => {
    const { messages } = await setting.given({}, ...Array.from({ length: 40 }, () => ({})));
    const strangers = Array.from({ length: 60 }, () => addressOf(aMessage()));
    await swept([...messages.map(addressOf), ...strangers]);
    expect(setting.takeTicks()).toHaveLength(40);
  });

  it('comes again when the queue did not take its ticks', async () => {
    const { messages } = await setting.given({});
    setting.ticks.refuseNext();
    await expect(swept([addressOf(messages[0])])).rejects.toBeInstanceOf(EnqueueError);
  });
});
