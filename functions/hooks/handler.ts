/**
 * Trigger: HTTP API, `/v2/hooks/…`: providers' reports and contacts' replies.
 * Reads and writes the table, sends ticks; reads the pepper and the providers' secrets.
 * On failure: 401 on a bad signature; 5xx on our own fault, so that the provider repeats.
 */
import * as z from 'zod';
import type { Tick } from '../../shared/contracts/queue-messages.ts';
import { createHttpHandler } from '../../shared/http/handler.ts';
import { createSunshine } from '../../shared/providers/sunshine/sunshine.ts';
import { createTwilio } from '../../shared/providers/twilio/twilio.ts';
import { createWhatsapp } from '../../shared/providers/whatsapp/whatsapp.ts';
import { createQueueSender } from '../../shared/queue/send.ts';
import { createTicker } from '../../shared/queue/ticks.ts';
import { createDocumentClient, createQueueClient } from '../../shared/runtime/clients.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { readEnvironment, text } from '../../shared/runtime/environment.ts';
import { createIdMaker } from '../../shared/runtime/ids.ts';
import { createObserver } from '../../shared/runtime/observe.ts';
import { secureRandom } from '../../shared/runtime/random.ts';
import { createSecretReader } from '../../shared/runtime/secrets.ts';
import { createConfigurationReader } from '../../shared/store/configuration.ts';
import { createHooks } from './serve.ts';

const environment = readEnvironment(
  z.object({ STAGE: text, TABLE_NAME: text, TICKS_QUEUE_URL: text, PEPPER_SECRET_ID: text, PUBLIC_URL: text }),
);

const table = { client: createDocumentClient(), name: environment.TABLE_NAME };
const secrets = createSecretReader();
const observe = createObserver(environment.STAGE);
const ticks = createQueueSender<Tick>(createQueueClient(), environment.TICKS_QUEUE_URL, systemClock);

const serve = createHooks({
  table,
  configuration: createConfigurationReader(table, systemClock),
  secrets,
  pepper: () => secrets.text(environment.PEPPER_SECRET_ID),
  providers: { twilio: createTwilio(), whatsapp: createWhatsapp(), sunshine: createSunshine() },
  ticker: createTicker(ticks, systemClock),
  clock: systemClock,
  ids: createIdMaker(),
  random: secureRandom,
  observe,
  publicUrl: environment.PUBLIC_URL,
});

export const handler = createHttpHandler(serve, observe);
