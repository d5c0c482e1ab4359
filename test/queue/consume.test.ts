import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { type Tick, TickSchema } from '../../shared/contracts/queue-messages.ts';
import { createConsumer, type Invocation, TryLaterError } from '../../shared/queue/consume.ts';
import { createFakeObserver } from '../support/builders.ts';

const record = (messageId: string, body: string): SQSRecord =>
  ({
    messageId,
    body,
    eventSource: 'aws:sqs',
    receiptHandle: messageId,
    attributes: {},
    messageAttributes: {},
  }) as SQSRecord & object as SQSRecord;
const tick = (conversation: string, key: string): Tick => ({ conversation, key, organization: 'o' });
const event = (...records: SQSRecord[]): SQSEvent => ({ Records: records });
const ticks = (...messages: Tick[]) =>
  event(...messages.map((message) => record(`${message.conversation}/${message.key}`, JSON.stringify(message))));
const context = { getRemainingTimeInMillis: () => 12_345 } as Context;

function consumer(handle: (message: Tick, invocation: Invocation) => Promise<void>) {
  const observe = createFakeObserver();
  const consume = createConsumer(TickSchema, handle, observe);
  return {
    observe,
    failures: async (of: SQSEvent) =>
      (await consume(of, context)).batchItemFailures.map((failure) => failure.itemIdentifier),
  };
}

/** A handler whose work ends when it is told to, and that notes what begins and what ends. */
function stepwise() {
  const log: string[] = [];
  const endings = new Map<string, () => void>();
  return {
    log,
    end: async (name: string) => {
      endings.get(name)?.();
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    },
    handle: async ({ conversation, key }: Tick) => {
      const name = `${conversation}/${key}`;
      log.push(`begin ${name}`);
      await new Promise<void>((resolve) => endings.set(name, resolve));
      log.push(`end ${name}`);
    },
  };
}

describe('a batch from a queue', () => {
  it('is done when each of its records is', async () => {
    const handled: Tick[] = [];
    const { failures, observe } = consumer(async (message) => void handled.push(message));
    expect(await failures(ticks(tick('a', '1'), tick('b', '1')))).toEqual([]);
    expect(handled).toEqual([tick('a', '1'), tick('b', '1')]);
    expect(observe.flushes()).toBe(1);
  });

  it('keeps the one record that fails on its queue; the others are done', async () => {
    const { failures, observe } = consumer(async ({ key }) => {
      if (key === 'bad') throw new Error('broken');
    });
    expect(await failures(ticks(tick('a', '1'), tick('b', 'bad'), tick('c', '1')))).toEqual(['b/bad']);
    expect(observe.errors).toHaveLength(1);
  });

  it('answers also when all of its records fail', async () => {
    const { failures, observe } = consumer(async () => {
      throw new Error('broken');
    });
    expect(await failures(ticks(tick('a', '1'), tick('b', '1')))).toEqual(['a/1', 'b/1']);
    expect(observe.flushes()).toBe(1);
  });

  it('keeps a record that is to be tried later, without calling it an error', async () => {
    const { failures, observe } = consumer(async () => {
      throw new TryLaterError('Another invocation holds the message.');
    });
    expect(await failures(ticks(tick('a', '1')))).toEqual(['a/1']);
    expect([observe.errors, observe.infos]).toEqual([[], ['Another invocation holds the message.']]);
  });

  it.each<[string, string]>([
    ['no JSON', '{"conversation":'],
    ['JSON of another shape', '{"conversation":7}'],
    ['no object', '"text"'],
    ['null', 'null'],
  ])('keeps a record that is %s, and does the others', async (_what, body) => {
    const handled: Tick[] = [];
    const { failures } = consumer(async (message) => void handled.push(message));
    const good = tick('a', '1');
    expect(await failures(event(record('bad', body), record('good', JSON.stringify(good))))).toEqual(['bad']);
    expect(handled).toEqual([good]);
  });

  it('does conversations side by side, and the records of one after the other', async () => {
    const steps = stepwise();
    const { failures } = consumer(steps.handle);
    const over = failures(ticks(tick('a', '1'), tick('a', '2'), tick('b', '1')));
    await steps.end('');
    expect(steps.log).toEqual(['begin a/1', 'begin b/1']);
    await steps.end('b/1');
    await steps.end('a/1');
    expect(steps.log).toEqual(['begin a/1', 'begin b/1', 'end b/1', 'end a/1', 'begin a/2']);
    await steps.end('a/2');
    expect(await over).toEqual([]);
  });

  it('goes on in a conversation after a record of it that failed', async () => {
    const seen: string[] = [];
    const { failures } = consumer(async ({ key }) => {
      seen.push(key);
      if (key === '1') throw new Error('broken');
    });
    expect(await failures(ticks(tick('a', '1'), tick('a', '2')))).toEqual(['a/1']);
    expect(seen).toEqual(['1', '2']);
  });

  it('tells the handler how much time is left', async () => {
    const { failures } = consumer(async (_message, { remainingMs }) => expect(remainingMs()).toBe(12_345));
    expect(await failures(ticks(tick('a', '1')))).toEqual([]);
  });
});
