import { setTimeout as delay } from 'node:timers/promises';
import type { LambdaFunction } from './lambda-function.ts';
import { readBatchFailures } from './partial-batch.ts';
import type { StreamRecord } from './stream-reader.ts';

export interface StreamEventRecord extends StreamRecord {
  readonly eventSourceARN: string;
}

export type GiveUpReason = 'RetryAttemptsExhausted' | 'RecordAgeExceeded';

export interface StreamDeliveryOptions {
  readonly lambda: LambdaFunction;
  readonly reportsFailures: boolean;
  readonly bisects: boolean;
  /** -1: for ever. */
  readonly maxRetries: number;
  /** -1: for ever. */
  readonly maxAgeSeconds: number;
  readonly signal: AbortSignal;
  giveUp(records: readonly StreamEventRecord[], reason: GiveUpReason, attempts: number): Promise<void>;
}

const FIRST_BACKOFF_MS = 200;
const LONGEST_BACKOFF_MS = 5_000;

/**
 * Delivers a batch as Lambda does: again until it succeeds, from the first failed record on, in halves if the mapping
 * bisects, until its retries or its age are used up. Answers false when it was stopped before the batch was settled.
 */
export function createStreamDelivery(options: StreamDeliveryOptions) {
  const { lambda, signal, maxRetries, maxAgeSeconds, giveUp } = options;

  async function deliver(batch: readonly StreamEventRecord[]): Promise<boolean> {
    let records = batch;
    for (let attempts = 0; records.length > 0; ) {
      if (signal.aborted) return false;
      const expired = records.filter(isExpired);
      if (expired.length > 0) {
        await giveUp(expired, 'RecordAgeExceeded', attempts);
        records = records.filter((record) => !expired.includes(record));
        continue;
      }
      const failedFrom = await attempt(records);
      if (failedFrom === undefined) return true;
      attempts += 1;
      const wasPartial = failedFrom > 0;
      records = records.slice(failedFrom);
      if (options.bisects && !wasPartial && records.length > 1) {
        const middle = Math.ceil(records.length / 2);
        return (await deliver(records.slice(0, middle))) && (await deliver(records.slice(middle)));
      }
      if (maxRetries >= 0 && attempts > maxRetries) {
        await giveUp(records, 'RetryAttemptsExhausted', attempts);
        return true;
      }
      await backOff(attempts);
    }
    return true;
  }

  /** Index of the first failed record; undefined when the whole batch is done. */
  async function attempt(records: readonly StreamEventRecord[]): Promise<number | undefined> {
    try {
      const answer = await lambda.invoke({ Records: records });
      if (!options.reportsFailures) return undefined;
      const numbers = records.map((record) => record.dynamodb.SequenceNumber);
      const failed = readBatchFailures(answer, new Set(numbers));
      if (failed === 'all') return 0;
      return failed.size === 0 ? undefined : numbers.findIndex((number) => failed.has(number));
    } catch {
      return 0;
    }
  }

  const isExpired = ({ dynamodb }: StreamEventRecord): boolean =>
    maxAgeSeconds >= 0 && Date.now() / 1000 - dynamodb.ApproximateCreationDateTime > maxAgeSeconds;

  const backOff = (attempts: number) =>
    delay(Math.min(FIRST_BACKOFF_MS * 2 ** (attempts - 1), LONGEST_BACKOFF_MS), undefined, { signal }).catch(() => {});

  return deliver;
}
