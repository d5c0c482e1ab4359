/**
 * Trigger: the table's stream (messages that were stored), and queue `sweep` (the same ones, a while later; contacts
 * that were deleted). Reads the table, purges it; sends to `sweep` and `ticks`.
 * On failure: the stream keeps its records for 24 hours, the queue its messages, then the DLQ.
 */
import type { Context, DynamoDBStreamEvent, SQSEvent } from 'aws-lambda';
import * as z from 'zod';
import { PurgeSchema, type Sweep, SweepSchema, type Tick } from '../../shared/contracts/queue-messages.ts';
import { createConsumer } from '../../shared/queue/consume.ts';
import { createQueueSender } from '../../shared/queue/send.ts';
import { createTicker } from '../../shared/queue/ticks.ts';
import { createDocumentClient, createQueueClient } from '../../shared/runtime/clients.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { readEnvironment, seconds, text } from '../../shared/runtime/environment.ts';
import { createObserver } from '../../shared/runtime/observe.ts';
import { purge } from '../../shared/store/deletion.ts';
import { storedMessages } from './stored-messages.ts';
import { remember, sweep } from './sweep.ts';

const environment = readEnvironment(
  z.object({
    STAGE: text,
    TABLE_NAME: text,
    TICKS_QUEUE_URL: text,
    SWEEP_QUEUE_URL: text,
    SWEEP_DELAY_SECONDS: seconds,
    HOP_SECONDS: seconds,
  }),
);

const queues = createQueueClient();
const observe = createObserver(environment.STAGE);
const ticks = createQueueSender<Tick>(queues, environment.TICKS_QUEUE_URL, systemClock);
const sweeps = createQueueSender<Sweep>(queues, environment.SWEEP_QUEUE_URL, systemClock);
const parts = {
  table: { client: createDocumentClient(), name: environment.TABLE_NAME },
  ticker: createTicker(ticks, systemClock, { hopSeconds: environment.HOP_SECONDS }),
  observe,
  now: systemClock.now,
};

const consume = createConsumer(
  z.union([SweepSchema, PurgeSchema]),
  async (message) => {
    if ('purge' in message) await purge(parts.table, message.purge);
    else await sweep(parts, message);
  },
  observe,
);

export const handler = async (event: DynamoDBStreamEvent | SQSEvent, context: Context) => {
  const [first] = event.Records;
  if (first?.eventSource === 'aws:sqs') return consume(event as SQSEvent, context);
  await remember(sweeps, storedMessages(event as DynamoDBStreamEvent), environment.SWEEP_DELAY_SECONDS);
  return undefined;
};
