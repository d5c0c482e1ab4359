import { setTimeout as delay } from 'node:timers/promises';
import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { clientConfig, plainName, REGION } from './identity.ts';
import type { LambdaFunction } from './lambda-function.ts';
import type { Mapping } from './mapping.ts';
import { readBatchFailures } from './partial-batch.ts';
import { createLane } from './turns.ts';
import { createKeeper, type Keep } from './visibility.ts';

export interface QueueMappingOptions {
  readonly endpoint: string;
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly lambda: LambdaFunction;
  readonly batchSize: number;
  readonly windowMs: number;
  readonly maxConcurrency: number;
  readonly reportsFailures: boolean;
  log(line: string): void;
}

const LONG_POLL_SECONDS = 20;
const WINDOW_POLL_MS = 100;
const RECEIVE_MAX = 10;
const RETRY_MS = 500;
/** The records of an event compute on one processor: with more of them, those who wait for it would wait longer. */
const RECORDS_MAX = 2;
/** A flood that waits for its turns must not keep the messages of others from being received. */
const EVENTS_WAITING = 50;

/**
 * Polls a queue into a function as Lambda does, in events of one group each, and keeps what it received while that waits
 * for its turn. What fails stays on the queue until its visibility timeout.
 */
export function startQueueMapping(options: QueueMappingOptions): Mapping {
  const { queueUrl: QueueUrl, batchSize, windowMs, maxConcurrency, lambda } = options;
  const client = new SQSClient({ ...clientConfig(options.endpoint), maxAttempts: 1 });
  const stopping = new AbortController();
  const { signal } = stopping;
  const recordsMax = windowMs > 0 ? RECEIVE_MAX : RECORDS_MAX;
  const lane = createLane(maxConcurrency);
  const waiting = new Set<Promise<void>>();
  const running = new Set<Promise<void>>();
  const log = (line: string) => options.log(`${plainName(lambda.name)} ${line}`);

  async function receive(max: number, waitSeconds: number): Promise<Message[]> {
    const { Messages } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: Math.min(RECEIVE_MAX, max),
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
      { abortSignal: signal },
    );
    return Messages ?? [];
  }

  /** A batch: what the first receive finds, and what comes within the window while there is room. */
  async function collect(): Promise<Message[]> {
    const batch = await receive(batchSize, LONG_POLL_SECONDS);
    const end = Date.now() + windowMs;
    while (batch.length > 0 && batch.length < batchSize && Date.now() < end && !signal.aborted) {
      const more = await receive(batchSize - batch.length, 0);
      batch.push(...more);
      if (more.length === 0) await delay(Math.min(WINDOW_POLL_MS, Math.max(0, end - Date.now())));
    }
    return batch;
  }

  function begin(batch: readonly Message[], keep: Keep): void {
    const { promise: turn, resolve } = Promise.withResolvers<void>();
    const endKeeping = keep(batch);
    const begun = () => {
      endKeeping();
      waiting.delete(turn);
      resolve();
    };
    waiting.add(turn);
    const done = process(batch, begun)
      .catch((error) => log(`cannot clear its queue: ${String(error)}`))
      .finally(() => running.delete(done));
    running.add(done);
  }

  async function process(batch: readonly Message[], begun: () => void): Promise<void> {
    const failed = await invoke(batch, begun);
    const Entries = batch
      .filter(({ MessageId = '' }) => failed !== 'all' && !failed.has(MessageId))
      .map(({ ReceiptHandle }, n) => ({ Id: String(n), ReceiptHandle }));
    if (Entries.length > 0) await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }

  async function invoke(batch: readonly Message[], begun: () => void): Promise<'all' | Set<string>> {
    try {
      const answer = await lambda.invoke(
        { Records: batch.map((message) => toRecord(message, options.queueArn)) },
        { group: batch.map(groupOf)[0], lane, begun, signal },
      );
      if (!options.reportsFailures) return new Set();
      return readBatchFailures(answer, new Set(batch.map(({ MessageId = '' }) => MessageId)));
    } catch {
      return 'all';
    }
  }

  async function pollOnce(keep: Keep): Promise<void> {
    for (const batch of toEvents(await collect(), recordsMax)) begin(batch, keep);
    while (waiting.size >= EVENTS_WAITING) await Promise.race(waiting);
  }

  async function poll(): Promise<void> {
    let keep: Keep | undefined;
    while (!signal.aborted) {
      try {
        keep ??= await createKeeper({ client, queueUrl: QueueUrl, log });
        await pollOnce(keep);
      } catch (error) {
        if (signal.aborted) return;
        log(`cannot read its queue: ${String(error)}`);
        await delay(RETRY_MS);
      }
    }
  }

  const polling = poll();
  return {
    async stop() {
      stopping.abort();
      await polling;
      await Promise.all(running);
      client.destroy();
    },
  };
}

/** Of one group each, in order. */
const toEvents = (messages: readonly Message[], recordsMax: number): Message[][] =>
  [...Map.groupBy(messages, groupOf).values()].flatMap((ofGroup) =>
    Array.from({ length: Math.ceil(ofGroup.length / recordsMax) }, (_, n) =>
      ofGroup.slice(n * recordsMax, (n + 1) * recordsMax),
    ),
  );

const groupOf = ({ Attributes }: Message): string => Attributes?.MessageGroupId ?? '';

function toRecord(message: Message, queueArn: string) {
  const attributes = Object.entries(message.MessageAttributes ?? {}).map(([name, attribute]) => [
    name,
    {
      stringValue: attribute.StringValue,
      binaryValue: attribute.BinaryValue && Buffer.from(attribute.BinaryValue).toString('base64'),
      stringListValues: [],
      binaryListValues: [],
      dataType: attribute.DataType,
    },
  ]);
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes,
    messageAttributes: Object.fromEntries(attributes),
    md5OfBody: message.MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: REGION,
  };
}
