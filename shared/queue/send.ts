import { SendMessageBatchCommand, type SendMessageBatchRequestEntry, type SQSClient } from '@aws-sdk/client-sqs';
import type { Clock } from '../runtime/clock.ts';

/** Longest delay that a queue keeps a message for. */
export const MAX_DELAY_SECONDS = 900;
const BATCH = 10;
const TRIES = 3;
const BACKOFF_MS = 50;

export interface Outgoing<T> {
  readonly body: T;
  /** Queues share their time fairly between groups: organizations, as a rule. */
  readonly group: string;
  readonly delaySeconds?: number;
}

/** Messages that the queue did not take, after all tries. */
export class EnqueueError extends Error {
  readonly count: number;

  constructor(count: number) {
    super(`The queue did not take ${count} messages.`);
    this.name = 'EnqueueError';
    this.count = count;
  }
}

export interface QueueSender<T> {
  /** Sends all, ten in a call; failed entries are tried again. Throws EnqueueError naming how many were not taken. */
  send(messages: readonly Outgoing<T>[]): Promise<void>;
}

export function createQueueSender<T>(client: SQSClient, queueUrl: string, clock: Clock): QueueSender<T> {
  async function sendBatch(entries: SendMessageBatchRequestEntry[]): Promise<number> {
    let left = entries;
    for (let attempt = 0; left.length > 0 && attempt < TRIES; attempt++) {
      if (attempt > 0) await clock.sleep(BACKOFF_MS * 2 ** attempt);
      try {
        const answer = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: left }));
        const failed = new Set(answer.Failed?.map((failure) => failure.Id));
        left = left.filter((entry) => failed.has(entry.Id));
      } catch {
        // The whole call failed: all its entries are still to be sent, and are counted if the tries run out.
      }
    }
    return left.length;
  }

  return {
    async send(messages) {
      const entries = messages.map((message, index) => ({
        Id: String(index),
        MessageBody: JSON.stringify(message.body),
        MessageGroupId: message.group,
        ...(message.delaySeconds && { DelaySeconds: message.delaySeconds }),
      }));
      const batches = Array.from({ length: Math.ceil(entries.length / BATCH) }, (_, index) =>
        entries.slice(index * BATCH, (index + 1) * BATCH),
      );
      const failures = await Promise.all(batches.map(sendBatch));
      const count = failures.reduce((sum, failed) => sum + failed, 0);
      if (count > 0) throw new EnqueueError(count);
    },
  };
}

/** Whole seconds until a moment, never early: what a queue can be asked to wait. */
export const delaySecondsUntil = (moment: number, now: number): number =>
  Math.min(MAX_DELAY_SECONDS, Math.max(0, Math.ceil((moment - now) / 1000)));
