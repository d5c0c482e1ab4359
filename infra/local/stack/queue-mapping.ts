import { setTimeout as delay } from 'node:timers/promises';
import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { clientConfig, plainName, REGION } from './identity.ts';
import type { LambdaFunction } from './lambda-function.ts';
import type { Mapping } from './mapping.ts';
import { readBatchFailures } from './partial-batch.ts';

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

const IDLE_POLLERS = 1;
const LONG_POLL_SECONDS = 20;
const WINDOW_POLL_MS = 100;
const RECEIVE_MAX = 10;
const RETRY_MS = 500;

/**
 * Polls a queue into a function as Lambda does. One poller waits; each that finds messages calls another, up to the
 * mapping's concurrency, and goes when it finds none. What fails stays on the queue until its visibility timeout.
 */
export function startQueueMapping(options: QueueMappingOptions): Mapping {
  const { queueUrl: QueueUrl, batchSize, windowMs, maxConcurrency, lambda, log } = options;
  const client = new SQSClient({ ...clientConfig(options.endpoint), maxAttempts: 1 });
  const stopping = new AbortController();
  const pollers = new Set<Promise<void>>();
  let waiting = 0;

  async function receive(max: number, waitSeconds: number): Promise<Message[]> {
    const { Messages } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: Math.min(RECEIVE_MAX, max),
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
      { abortSignal: stopping.signal },
    );
    return Messages ?? [];
  }

  /** A batch: what the first receive finds, and what comes within the window while there is room. */
  async function collect(): Promise<Message[]> {
    waiting += 1;
    const batch = await receive(batchSize, LONG_POLL_SECONDS).finally(() => {
      waiting -= 1;
    });
    const end = Date.now() + windowMs;
    while (batch.length > 0 && batch.length < batchSize && Date.now() < end && !stopping.signal.aborted) {
      const more = await receive(batchSize - batch.length, 0);
      batch.push(...more);
      if (more.length === 0) await delay(Math.min(WINDOW_POLL_MS, Math.max(0, end - Date.now())));
    }
    return batch;
  }

  async function process(batch: readonly Message[], group: string): Promise<void> {
    const failed = await invoke(batch, group);
    const done = batch.filter(({ MessageId = '' }) => failed !== 'all' && !failed.has(MessageId));
    for (let i = 0; i < done.length; i += RECEIVE_MAX) {
      const Entries = done.slice(i, i + RECEIVE_MAX).map(({ ReceiptHandle }, n) => ({ Id: String(n), ReceiptHandle }));
      await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    }
  }

  async function invoke(batch: readonly Message[], group: string): Promise<'all' | Set<string>> {
    try {
      const answer = await lambda.invoke(
        { Records: batch.map((message) => toRecord(message, options.queueArn)) },
        group,
      );
      if (!options.reportsFailures) return new Set();
      return readBatchFailures(answer, new Set(batch.map(({ MessageId = '' }) => MessageId)));
    } catch {
      return 'all';
    }
  }

  async function poll(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        const batch = await collect();
        if (batch.length > 0) {
          callAnother();
          await Promise.all([...Map.groupBy(batch, groupOf)].map(([group, messages]) => process(messages, group)));
        }
        if (waiting >= IDLE_POLLERS) return;
      } catch (error) {
        if (stopping.signal.aborted) return;
        log(`${plainName(lambda.name)} cannot read its queue: ${String(error)}`);
        await delay(RETRY_MS);
      }
    }
  }

  function callAnother(): void {
    if (stopping.signal.aborted || pollers.size >= maxConcurrency || waiting >= IDLE_POLLERS) return;
    const poller = poll().finally(() => pollers.delete(poller));
    pollers.add(poller);
  }

  callAnother();
  return {
    async stop() {
      stopping.abort();
      await Promise.all(pollers);
      client.destroy();
    },
  };
}

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
