/**
 * Trigger: queue `ingress`: events of the own bus, messages of other services, uploads to the bucket for imports.
 * Reads and writes the table, sends ticks and the rest of uploads; reads uploads, writes results; tells of refusals on the
 * bus; reads the pepper.
 * On failure: the message comes again, and after its receives the DLQ keeps it. What is its sender's to mend is refused.
 */
import type { Context, SQSEvent } from 'aws-lambda';
import * as z from 'zod';
import { IngressSchema } from '../../shared/contracts/ingress.ts';
import type { Tick } from '../../shared/contracts/queue-messages.ts';
import { createBus } from '../../shared/queue/bus.ts';
import { createConsumer } from '../../shared/queue/consume.ts';
import { createQueueSender } from '../../shared/queue/send.ts';
import { createTicker } from '../../shared/queue/ticks.ts';
import {
  createDocumentClient,
  createEventsClient,
  createImpatientClient,
  createObjectClient,
  createQueueClient,
} from '../../shared/runtime/clients.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { milliseconds, readEnvironment, seconds, text } from '../../shared/runtime/environment.ts';
import { createIdMaker } from '../../shared/runtime/ids.ts';
import { createObserver } from '../../shared/runtime/observe.ts';
import { secureRandom } from '../../shared/runtime/random.ts';
import { createSecretReader } from '../../shared/runtime/secrets.ts';
import { createConfigurationReader } from '../../shared/store/configuration.ts';
import { createItemReader } from '../../shared/store/table.ts';
import { createUserReader } from '../../shared/store/users.ts';
import { createObjects } from './objects.ts';
import type { IngestParts } from './parts.ts';
import { takeMessage } from './take-message.ts';

const environment = readEnvironment(
  z.object({
    STAGE: text,
    REMEMBER_MS: milliseconds,
    TABLE_NAME: text,
    TICKS_QUEUE_URL: text,
    INGRESS_QUEUE_URL: text,
    EVENT_BUS_NAME: text,
    PEPPER_SECRET_ID: text,
    HOP_SECONDS: seconds,
    IMPORT_LEASE_MS: milliseconds,
    IMPORT_RESERVE_MS: milliseconds,
  }),
);

const table = { client: createDocumentClient(createImpatientClient()), name: environment.TABLE_NAME };
const secrets = createSecretReader();
const observe = createObserver(environment.STAGE);
const queues = createQueueClient();
const ticks = createQueueSender<Tick>(queues, environment.TICKS_QUEUE_URL, systemClock);

const parts: IngestParts = {
  table,
  read: createItemReader(table),
  configuration: createConfigurationReader(table, systemClock, environment.REMEMBER_MS),
  users: createUserReader(table, systemClock, environment.REMEMBER_MS),
  pepper: () => secrets.text(environment.PEPPER_SECRET_ID),
  ticker: createTicker(ticks, systemClock, { hopSeconds: environment.HOP_SECONDS }),
  clock: systemClock,
  ids: createIdMaker(),
  random: secureRandom,
  observe,
  bus: createBus(createEventsClient(), environment.EVENT_BUS_NAME, observe),
  objects: createObjects(createObjectClient()),
  rest: createQueueSender(queues, environment.INGRESS_QUEUE_URL, systemClock),
  leaseMs: environment.IMPORT_LEASE_MS,
  reserveMs: environment.IMPORT_RESERVE_MS,
};

const consume = createConsumer(
  IngressSchema,
  (message, invocation, received) => takeMessage(parts, message, { ...invocation, ...received }),
  observe,
);

export const handler = (event: SQSEvent, context: Context) => consume(event, context);
