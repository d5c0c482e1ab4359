/**
 * Trigger: HTTP API, `/v2/hooks/…`, and queue `receipts`: providers' reports and contacts' replies.
 * Reads and writes the table, sends ticks; reads the pepper, the providers' secrets and received mails.
 * On failure: 401 on a bad signature; 5xx on our own fault, so that the provider repeats. An event stays on its queue.
 */
import type { APIGatewayProxyEventV2, Context, SQSEvent } from 'aws-lambda';
import * as z from 'zod';
import { QueuedEventSchema } from '../../shared/contracts/aws-events.ts';
import type { Tick } from '../../shared/contracts/queue-messages.ts';
import { createHttpHandler } from '../../shared/http/handler.ts';
import { readSmsEvent } from '../../shared/providers/aws-sms/read-event.ts';
import { readSocialEvent } from '../../shared/providers/aws-social/read-event.ts';
import { parseSesEvent } from '../../shared/providers/ses/events.ts';
import { createSunshine } from '../../shared/providers/sunshine/sunshine.ts';
import { createTwilio } from '../../shared/providers/twilio/twilio.ts';
import { createWhatsapp } from '../../shared/providers/whatsapp/whatsapp.ts';
import { createConsumer } from '../../shared/queue/consume.ts';
import { createQueueSender } from '../../shared/queue/send.ts';
import { createTicker } from '../../shared/queue/ticks.ts';
import { createDocumentClient, createObjectClient, createQueueClient } from '../../shared/runtime/clients.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { milliseconds, readEnvironment, text } from '../../shared/runtime/environment.ts';
import { createIdMaker } from '../../shared/runtime/ids.ts';
import { createObserver } from '../../shared/runtime/observe.ts';
import { secureRandom } from '../../shared/runtime/random.ts';
import { createSecretReader } from '../../shared/runtime/secrets.ts';
import { createConfigurationReader } from '../../shared/store/configuration.ts';
import { createUserReader } from '../../shared/store/users.ts';
import { createMailReader } from './mail-store.ts';
import { receiveEvent } from './receive-event.ts';
import type { MailParts } from './receive-mail.ts';
import { createHooks } from './serve.ts';

const environment = readEnvironment(
  z.object({
    STAGE: text,
    REMEMBER_MS: milliseconds,
    TABLE_NAME: text,
    TICKS_QUEUE_URL: text,
    PEPPER_SECRET_ID: text,
    PUBLIC_URL: text,
  }),
);

const table = { client: createDocumentClient(), name: environment.TABLE_NAME };
const secrets = createSecretReader();
const observe = createObserver(environment.STAGE);
const ticks = createQueueSender<Tick>(createQueueClient(), environment.TICKS_QUEUE_URL, systemClock);

const parts: MailParts = {
  table,
  configuration: createConfigurationReader(table, systemClock, environment.REMEMBER_MS),
  users: createUserReader(table, systemClock, environment.REMEMBER_MS),
  secrets,
  pepper: () => secrets.text(environment.PEPPER_SECRET_ID),
  providers: {
    ses: { parseEvent: parseSesEvent },
    twilio: createTwilio(),
    whatsapp: createWhatsapp(),
    sunshine: createSunshine(),
    'aws-sms': { parseEvent: readSmsEvent },
    'aws-social': { needsPointer: true, parseEvent: readSocialEvent },
  },
  ticker: createTicker(ticks, systemClock),
  clock: systemClock,
  ids: createIdMaker(),
  random: secureRandom,
  observe,
  publicUrl: environment.PUBLIC_URL,
  readMail: createMailReader(createObjectClient()),
};

const serve = createHttpHandler(createHooks(parts), observe);
const consume = createConsumer(QueuedEventSchema, (event) => receiveEvent(parts, event), observe);

export const handler = (event: APIGatewayProxyEventV2 | SQSEvent, context: Context) =>
  'Records' in event ? consume(event, context) : serve(event, context);
