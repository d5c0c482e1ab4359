/**
 * Trigger: HTTP API, the `/v2` routes of conversations, messages and contacts, and every path that nothing else takes.
 * Reads and writes the table, sends ticks and what is to be purged; reads the token key and the pepper.
 * On failure: an error body, and nothing half-written.
 */
import * as z from 'zod';
import { createTokenVerifier } from '../../shared/auth/tokens.ts';
import type { Purge, Tick } from '../../shared/contracts/queue-messages.ts';
import { createHttpHandler } from '../../shared/http/handler.ts';
import { createQueueSender } from '../../shared/queue/send.ts';
import { createTicker } from '../../shared/queue/ticks.ts';
import { createDocumentClient, createQueueClient } from '../../shared/runtime/clients.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { milliseconds, readEnvironment, seconds, text } from '../../shared/runtime/environment.ts';
import { createIdMaker } from '../../shared/runtime/ids.ts';
import { createObserver } from '../../shared/runtime/observe.ts';
import { secureRandom } from '../../shared/runtime/random.ts';
import { createSecretReader } from '../../shared/runtime/secrets.ts';
import { createConfigurationReader } from '../../shared/store/configuration.ts';
import { createItemReader } from '../../shared/store/table.ts';
import { createUserReader } from '../../shared/store/users.ts';
import { createApi } from './serve.ts';

const environment = readEnvironment(
  z.object({
    STAGE: text,
    REMEMBER_MS: milliseconds,
    TABLE_NAME: text,
    TICKS_QUEUE_URL: text,
    SWEEP_QUEUE_URL: text,
    PEPPER_SECRET_ID: text,
    TOKEN_KEY_SECRET_ID: text,
    APP_URL: text,
    PUBLIC_URL: text,
    HOP_SECONDS: seconds,
  }),
);

const table = { client: createDocumentClient(), name: environment.TABLE_NAME };
const secrets = createSecretReader();
const observe = createObserver(environment.STAGE);
const queues = createQueueClient();
const ticks = createQueueSender<Tick>(queues, environment.TICKS_QUEUE_URL, systemClock);

const serve = createApi({
  table,
  read: createItemReader(table),
  configuration: createConfigurationReader(table, systemClock, environment.REMEMBER_MS),
  users: createUserReader(table, systemClock, environment.REMEMBER_MS),
  tokens: createTokenVerifier(() => secrets.text(environment.TOKEN_KEY_SECRET_ID), systemClock),
  pepper: () => secrets.text(environment.PEPPER_SECRET_ID),
  ticker: createTicker(ticks, systemClock, { hopSeconds: environment.HOP_SECONDS }),
  purges: createQueueSender<Purge>(queues, environment.SWEEP_QUEUE_URL, systemClock),
  clock: systemClock,
  ids: createIdMaker(),
  random: secureRandom,
  observe,
  appUrl: environment.APP_URL,
  publicUrl: environment.PUBLIC_URL,
});

export const handler = createHttpHandler(serve, observe);
