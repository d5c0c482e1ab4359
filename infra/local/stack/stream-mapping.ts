import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Checkpoint } from './checkpoint.ts';
import { plainName } from './identity.ts';
import type { Mapping } from './mapping.ts';
import { createStreamDelivery, type StreamDeliveryOptions, type StreamEventRecord } from './stream-delivery.ts';
import type { RecordFilter } from './stream-filter.ts';
import { openStream, type StreamReader, type StreamRecord } from './stream-reader.ts';

export interface StreamMappingOptions extends Omit<StreamDeliveryOptions, 'signal' | 'giveUp'> {
  readonly endpoint: string;
  readonly streamArn: string;
  readonly checkpoint: Checkpoint;
  readonly passes: RecordFilter;
  readonly batchSize: number;
  readonly windowMs: number;
  /** Takes the note on records given up, where the mapping names a destination for them. */
  sendToDestination?(note: string): Promise<void>;
  log(line: string): void;
}

/** Lambda polls a shard four times a second. */
const IDLE_MS = 250;
const RETRY_MS = 1_000;

/** Reads a table's stream into a function, one batch after the other, from where the last run left it. */
export function startStreamMapping(options: StreamMappingOptions): Mapping {
  const { checkpoint, passes, batchSize, windowMs, lambda, log } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const pause = (ms: number) => delay(ms, undefined, { signal }).catch(() => {});

  async function run(): Promise<void> {
    while (!signal.aborted) {
      try {
        await follow(await openStream(options.endpoint, options.streamArn, checkpoint.read()));
      } catch (error) {
        if (!signal.aborted) log(`${plainName(lambda.name)} cannot read its stream: ${String(error)}`);
        await pause(RETRY_MS);
      }
    }
  }

  async function follow(reader: StreamReader): Promise<void> {
    const deliver = createStreamDelivery({ ...options, signal, giveUp: noteGivenUp(options, reader.shardId) });
    let gathered: StreamEventRecord[] = [];
    let gatheringSince = 0;
    while (!signal.aborted) {
      const records = await reader.next();
      const position = records.at(-1)?.dynamodb.SequenceNumber;
      const passed = records.filter(passes).map((record) => toEventRecord(record, options.streamArn));
      if (gathered.length === 0) gatheringSince = Date.now();
      gathered.push(...passed);
      while (gathered.length >= batchSize) {
        const batch = gathered.slice(0, batchSize);
        if (!(await deliver(batch))) return;
        gathered = gathered.slice(batchSize);
        checkpoint.write(lastOf(batch));
      }
      const isDue = gathered.length > 0 && Date.now() - gatheringSince >= windowMs;
      if (isDue) {
        if (!(await deliver(gathered))) return;
        checkpoint.write(lastOf(gathered));
        gathered = [];
      }
      if (gathered.length === 0 && position) checkpoint.write(position);
      if (records.length === 0) await pause(gathered.length > 0 ? Math.min(IDLE_MS, windowMs) : IDLE_MS);
    }
  }

  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

const lastOf = (batch: readonly StreamEventRecord[]): string => batch.at(-1)?.dynamodb.SequenceNumber ?? '';

const toEventRecord = (record: StreamRecord, streamArn: string): StreamEventRecord => ({
  ...record,
  dynamodb: {
    ...record.dynamodb,
    ApproximateCreationDateTime: Math.floor(record.dynamodb.ApproximateCreationDateTime),
  },
  eventSourceARN: streamArn,
});

/** What Lambda sends about records it gives up: where they are in the stream, not what is in them. */
function noteGivenUp(options: StreamMappingOptions, shardId: string): StreamDeliveryOptions['giveUp'] {
  const { lambda, log, sendToDestination, streamArn } = options;
  return async (records, condition, attempts) => {
    log(`${plainName(lambda.name)} gave up ${records.length} stream records: ${condition}`);
    const arrival = (record?: StreamEventRecord) =>
      new Date((record?.dynamodb.ApproximateCreationDateTime ?? 0) * 1000).toISOString();
    const note = {
      requestContext: {
        requestId: randomUUID(),
        functionArn: lambda.arn,
        condition,
        approximateInvokeCount: attempts,
      },
      version: '1.0',
      timestamp: new Date().toISOString(),
      DDBStreamBatchInfo: {
        shardId,
        startSequenceNumber: records[0]?.dynamodb.SequenceNumber,
        endSequenceNumber: lastOf(records),
        approximateArrivalOfFirstRecord: arrival(records[0]),
        approximateArrivalOfLastRecord: arrival(records.at(-1)),
        batchSize: records.length,
        streamArn,
      },
    };
    await sendToDestination?.(JSON.stringify(note));
  };
}
