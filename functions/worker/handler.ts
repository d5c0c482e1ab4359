/**
 * Trigger: queue `ticks`.
 * Reads and writes the table; hands messages to the touchpoint queues, sends ticks.
 * On failure: the tick comes again; after its receives are used up the DLQ keeps it and the conversation waits.
 */
import * as z from 'zod';
import { type Delivery, type Tick, TickSchema } from '../../shared/contracts/queue-messages.ts';
import { createConsumer } from '../../shared/queue/consume.ts';
import { createQueueSender } from '../../shared/queue/send.ts';
import { createTicker } from '../../shared/queue/ticks.ts';
import { createDocumentClient, createQueueClient } from '../../shared/runtime/clients.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { milliseconds, readEnvironment, text } from '../../shared/runtime/environment.ts';
import { createObserver } from '../../shared/runtime/observe.ts';
import { createConfigurationReader } from '../../shared/store/configuration.ts';
import { createUserReader } from '../../shared/store/users.ts';
import type { WorkerParts } from './parts.ts';
import { work } from './work.ts';

const environment = readEnvironment(
  z.object({
    STAGE: text,
    TABLE_NAME: text,
    TICKS_QUEUE_URL: text,
    EMAIL_QUEUE_URL: text,
    SMS_QUEUE_URL: text,
    WHATSAPP_QUEUE_URL: text,
    UNKNOWN_MS: milliseconds,
  }),
);

const table = { client: createDocumentClient(), name: environment.TABLE_NAME };
const queues = createQueueClient();
const observe = createObserver(environment.STAGE);
const deliveriesTo = (url: string) => createQueueSender<Delivery>(queues, url, systemClock);

const parts: WorkerParts = {
  table,
  configuration: createConfigurationReader(table, systemClock),
  users: createUserReader(table, systemClock),
  ticker: createTicker(createQueueSender<Tick>(queues, environment.TICKS_QUEUE_URL, systemClock), systemClock),
  deliveries: {
    email: deliveriesTo(environment.EMAIL_QUEUE_URL),
    sms: deliveriesTo(environment.SMS_QUEUE_URL),
    whatsapp: deliveriesTo(environment.WHATSAPP_QUEUE_URL),
  },
  clock: systemClock,
  observe,
  unknownMs: environment.UNKNOWN_MS,
};

export const handler = createConsumer(TickSchema, (tick) => work(parts, tick), observe);
