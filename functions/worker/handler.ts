/**
 * Trigger: queue `ticks`.
 * Reads and writes the table; hands messages to the touchpoint queues, sends ticks and schedules those far ahead.
 * On failure: the tick comes again; after its receives are used up the DLQ keeps it and the conversation waits.
 */
import * as z from 'zod';
import { type Delivery, type Tick, TickSchema } from '../../shared/contracts/queue-messages.ts';
import { createConsumer } from '../../shared/queue/consume.ts';
import { createScheduler } from '../../shared/queue/schedule.ts';
import { createQueueSender } from '../../shared/queue/send.ts';
import { createTicker } from '../../shared/queue/ticks.ts';
import { createDocumentClient, createQueueClient, createSchedulerClient } from '../../shared/runtime/clients.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { milliseconds, readEnvironment, seconds, text } from '../../shared/runtime/environment.ts';
import { createObserver } from '../../shared/runtime/observe.ts';
import { secureRandom } from '../../shared/runtime/random.ts';
import { createConfigurationReader } from '../../shared/store/configuration.ts';
import { createUserReader } from '../../shared/store/users.ts';
import type { WorkerParts } from './parts.ts';
import { work } from './work.ts';

const environment = readEnvironment(
  z.object({
    STAGE: text,
    REMEMBER_MS: milliseconds,
    TABLE_NAME: text,
    TICKS_QUEUE_URL: text,
    EMAIL_QUEUE_URL: text,
    SMS_QUEUE_URL: text,
    WHATSAPP_QUEUE_URL: text,
    UNKNOWN_MS: milliseconds,
    PAIR_MS: milliseconds,
    HOP_SECONDS: seconds,
    SCHEDULE_GROUP: text,
    SCHEDULE_ROLE_ARN: text,
    TICKS_QUEUE_ARN: text,
    TICKS_DEAD_LETTERS_ARN: text,
    SCHEDULE_FROM_MS: milliseconds,
    SCHEDULE_LEAD_MS: milliseconds,
  }),
);

const table = { client: createDocumentClient(), name: environment.TABLE_NAME };
const queues = createQueueClient();
const observe = createObserver(environment.STAGE);
const ticks = createQueueSender<Tick>(queues, environment.TICKS_QUEUE_URL, systemClock);
const scheduler = createScheduler(createSchedulerClient(), {
  groupName: environment.SCHEDULE_GROUP,
  roleArn: environment.SCHEDULE_ROLE_ARN,
  queueArn: environment.TICKS_QUEUE_ARN,
  deadLettersArn: environment.TICKS_DEAD_LETTERS_ARN,
});
const schedules = {
  scheduler,
  fromMs: environment.SCHEDULE_FROM_MS,
  leadMs: environment.SCHEDULE_LEAD_MS,
  observe,
};
const deliveriesTo = (url: string) => createQueueSender<Delivery>(queues, url, systemClock);

const parts: WorkerParts = {
  table,
  configuration: createConfigurationReader(table, systemClock, environment.REMEMBER_MS),
  users: createUserReader(table, systemClock, environment.REMEMBER_MS),
  ticker: createTicker(ticks, systemClock, { hopSeconds: environment.HOP_SECONDS, schedules }),
  deliveries: {
    email: deliveriesTo(environment.EMAIL_QUEUE_URL),
    sms: deliveriesTo(environment.SMS_QUEUE_URL),
    whatsapp: deliveriesTo(environment.WHATSAPP_QUEUE_URL),
  },
  clock: systemClock,
  random: secureRandom,
  observe,
  unknownMs: environment.UNKNOWN_MS,
  pairMs: environment.PAIR_MS,
};

export const handler = createConsumer(TickSchema, (tick) => work(parts, tick), observe);
