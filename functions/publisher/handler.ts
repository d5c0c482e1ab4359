/**
 * Trigger: the table's stream (what changed), and its own queue `webhooks` (whom to tell of it). Reads the table, calls
 * webhooks, puts events on the bus; writes inboxes, what webhooks did not take and the messages they answer with; sends to
 * `webhooks` and `ticks`.
 * On failure: the stream keeps its records for 24 hours; a webhook is asked again for 24 hours, then the table keeps what
 * it missed.
 */
import type { Context, DynamoDBStreamEvent, SQSEvent } from 'aws-lambda';
import * as z from 'zod';
import { createTokenService } from '../../shared/auth/tokens.ts';
import { type RetoldEvent, RetoldEventSchema } from '../../shared/contracts/bus-event.ts';
import { type Notification, NotificationSchema, type Tick } from '../../shared/contracts/queue-messages.ts';
import { createBus } from '../../shared/queue/bus.ts';
import { createConsumer } from '../../shared/queue/consume.ts';
import { createQueueSender } from '../../shared/queue/send.ts';
import { createTicker } from '../../shared/queue/ticks.ts';
import { createDocumentClient, createEventsClient, createQueueClient } from '../../shared/runtime/clients.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { milliseconds, readEnvironment, seconds, text } from '../../shared/runtime/environment.ts';
import { createIdMaker } from '../../shared/runtime/ids.ts';
import { createObserver } from '../../shared/runtime/observe.ts';
import { secureRandom } from '../../shared/runtime/random.ts';
import { createSecretReader } from '../../shared/runtime/secrets.ts';
import { createConfigurationReader } from '../../shared/store/configuration.ts';
import { createItemReader } from '../../shared/store/table.ts';
import { createUserReader } from '../../shared/store/users.ts';
import { createRequester } from '../../shared/webhooks/requester.ts';
import { createHealth } from './health.ts';
import { notify } from './notify.ts';
import type { NotifyParts } from './parts.ts';
import { publish } from './publish.ts';
import { retell } from './retell.ts';

const environment = readEnvironment(
  z.object({
    STAGE: text,
    REMEMBER_MS: milliseconds,
    TABLE_NAME: text,
    TICKS_QUEUE_URL: text,
    WEBHOOKS_QUEUE_URL: text,
    EVENT_BUS_NAME: text,
    PEPPER_SECRET_ID: text,
    TOKEN_KEY_SECRET_ID: text,
    PUBLIC_URL: text,
    APP_URL: text,
    HOP_SECONDS: seconds,
    WEBHOOK_TIMEOUT_MS: milliseconds,
    WEBHOOK_MIN_REMAINING_MS: milliseconds,
    WEBHOOK_FIRST_MS: milliseconds,
    WEBHOOK_LONGEST_MS: milliseconds,
    WEBHOOK_GIVE_UP_MS: milliseconds,
    WEBHOOK_FAILING_MS: milliseconds,
    WEBHOOKS_ON_LOOPBACK: z.stringbool(),
  }),
);

const table = { client: createDocumentClient(), name: environment.TABLE_NAME };
const secrets = createSecretReader();
const observe = createObserver(environment.STAGE);
const queues = createQueueClient();
const ticks = createQueueSender<Tick>(queues, environment.TICKS_QUEUE_URL, systemClock);

const parts: NotifyParts = {
  table,
  read: createItemReader(table),
  configuration: createConfigurationReader(table, systemClock, environment.REMEMBER_MS),
  users: createUserReader(table, systemClock, environment.REMEMBER_MS),
  tokens: createTokenService(() => secrets.text(environment.TOKEN_KEY_SECRET_ID), systemClock),
  pepper: () => secrets.text(environment.PEPPER_SECRET_ID),
  ticker: createTicker(ticks, systemClock, { hopSeconds: environment.HOP_SECONDS }),
  notifications: createQueueSender<Notification | RetoldEvent>(queues, environment.WEBHOOKS_QUEUE_URL, systemClock),
  bus: createBus(createEventsClient(), environment.EVENT_BUS_NAME, observe),
  requester: createRequester({ loopback: environment.WEBHOOKS_ON_LOOPBACK }),
  clock: systemClock,
  ids: createIdMaker(),
  random: secureRandom,
  observe,
  settings: {
    timeoutMs: environment.WEBHOOK_TIMEOUT_MS,
    minRemainingMs: environment.WEBHOOK_MIN_REMAINING_MS,
    firstMs: environment.WEBHOOK_FIRST_MS,
    longestMs: environment.WEBHOOK_LONGEST_MS,
    giveUpMs: environment.WEBHOOK_GIVE_UP_MS,
    failingMs: environment.WEBHOOK_FAILING_MS,
    hopSeconds: environment.HOP_SECONDS,
    publicUrl: environment.PUBLIC_URL,
    appUrl: environment.APP_URL,
  },
};

const health = createHealth(parts, parts.settings);
const consume = createConsumer(
  z.union([NotificationSchema, RetoldEventSchema]),
  (message, invocation) => ('bus' in message ? retell(parts.bus, message) : notify(parts, health, message, invocation)),
  observe,
);

export const handler = async (event: DynamoDBStreamEvent | SQSEvent, context: Context) => {
  const [first] = event.Records;
  if (first?.eventSource === 'aws:sqs') return consume(event as SQSEvent, context);
  await publish(parts, (event as DynamoDBStreamEvent).Records);
  return undefined;
};
