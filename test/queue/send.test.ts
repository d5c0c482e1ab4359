import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  createQueueSender,
  delaySecondsUntil,
  EnqueueError,
  MAX_DELAY_SECONDS,
  type Outgoing,
} from '../../shared/queue/send.ts';
import { createTicker } from '../../shared/queue/ticks.ts';
import { aMessage, createFakeClock, createFakeQueue, NOW } from '../support/builders.ts';

const client = new SQSClient({ region: 'us-east-1' });
const mock = mockClient(client);
beforeEach(() => void mock.reset());

const URL = 'https://sqs.us-east-1.amazonaws.com/000000000000/ticks';
const numbered = (count: number): Outgoing<{ n: number }>[] =>
  Array.from({ length: count }, (_, n) => ({ body: { n }, group: 'organization' }));
const send = (count: number, clock = createFakeClock()) =>
  createQueueSender<{ n: number }>(client, URL, clock).send(numbered(count));

/** What each call asked for, by the numbers in the bodies. */
const calls = (): number[][] =>
  mock
    .commandCalls(SendMessageBatchCommand)
    .map(({ args }) => (args[0].input.Entries ?? []).map(({ MessageBody }) => JSON.parse(MessageBody ?? '').n));

/** A queue that refuses these numbers, for as many calls as given. */
const refusing = (numbers: readonly number[], times = Number.POSITIVE_INFINITY) => {
  const left = new Map(numbers.map((n) => [n, times]));
  mock.on(SendMessageBatchCommand).callsFake(async ({ Entries }) => {
    const failed = Entries.filter(({ MessageBody }: { MessageBody: string }) => {
      const { n } = JSON.parse(MessageBody);
      const count = left.get(n) ?? 0;
      left.set(n, count - 1);
      return count > 0;
    });
    return { Failed: failed.map(({ Id }: { Id: string }) => ({ Id, Code: 'InternalError', SenderFault: false })) };
  });
};

describe('sending to a queue', () => {
  it.each([
    [0, []],
    [1, [1]],
    [10, [10]],
    [11, [10, 1]],
    [40, [10, 10, 10, 10]],
  ])('puts %d messages into calls of at most ten', async (count, sizes) => {
    mock.on(SendMessageBatchCommand).resolves({});
    await send(count);
    expect(calls().map((entries) => entries.length)).toEqual(sizes);
    expect(calls().flat()).toEqual(Array.from({ length: count }, (_, n) => n));
  });

  it('names the group, and the delay where there is one', async () => {
    mock.on(SendMessageBatchCommand).resolves({});
    await createQueueSender<object>(client, URL, createFakeClock()).send([
      { body: { a: 1 }, group: 'one', delaySeconds: 7 },
      { body: { b: 2 }, group: 'two', delaySeconds: 0 },
    ]);
    expect(mock.commandCalls(SendMessageBatchCommand)[0]?.args[0].input).toEqual({
      QueueUrl: URL,
      Entries: [
        { Id: '0', MessageBody: '{"a":1}', MessageGroupId: 'one', DelaySeconds: 7 },
        { Id: '1', MessageBody: '{"b":2}', MessageGroupId: 'two' },
      ],
    });
  });

  it('tries entries that failed again, and only these, with a pause', async () => {
    refusing([3, 12], 1);
    const clock = createFakeClock();
    await send(15, clock);
    expect(calls().toSorted((a, b) => b.length - a.length)).toEqual([
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      [10, 11, 12, 13, 14],
      [3],
      [12],
    ]);
    expect(clock.slept.length).toBe(2);
  });

  it('says how many the queue did not take after three tries', async () => {
    refusing([3, 4, 12]);
    const error: unknown = await send(15).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(EnqueueError);
    expect(error).toMatchObject({ count: 3 });
    expect(calls().filter((entries) => entries.includes(3))).toHaveLength(3);
  });

  it('tries again when a whole call fails', async () => {
    mock.on(SendMessageBatchCommand).rejectsOnce(new Error('reset')).resolves({});
    await send(4);
    expect(calls()).toEqual([
      [0, 1, 2, 3],
      [0, 1, 2, 3],
    ]);
  });

  it('counts all of a call that fails again and again', async () => {
    mock.on(SendMessageBatchCommand).rejects(new Error('reset'));
    await expect(send(12)).rejects.toMatchObject({ name: 'EnqueueError', count: 12 });
    expect(calls()).toHaveLength(6);
  });
});

describe('a delay', () => {
  it.each([
    ['now', 0, 0],
    ['in the past', -5_000, 0],
    ['a millisecond ahead', 1, 1],
    ['a second ahead', 1_000, 1],
    ['a little more than a second ahead', 1_001, 2],
    ['fifteen minutes ahead', 900_000, 900],
    ['more than fifteen minutes ahead', 900_001, MAX_DELAY_SECONDS],
    ['thirty days ahead', 2_592_000_000, MAX_DELAY_SECONDS],
  ])('to a moment %s is whole seconds, never early', (_when, ahead, seconds) =>
    expect(delaySecondsUntil(NOW + ahead, NOW)).toBe(seconds),
  );
});

describe('ticks', () => {
  it('carry keys only, in the organization’s group, each for its moment', async () => {
    const queue = createFakeQueue();
    const clock = createFakeClock();
    const [first, second] = [aMessage(), aMessage({ due: NOW + 2_500 })];
    await createTicker(queue, clock).tick({ message: first, at: NOW - 1 }, { message: second, at: second.due });
    expect(queue.sent).toEqual(
      [first, second].map(({ conversation, key, organization }, index) => ({
        body: { conversation, key, organization },
        group: organization,
        delaySeconds: index === 0 ? 0 : 3,
      })),
    );
  });
});
