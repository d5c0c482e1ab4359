/**
 * Trigger: HTTP API, `POST /v2/conversations/bulk`.
 * Reads and writes the table, sends ticks; reads the token key and the pepper.
 * On failure: an error body for the request, or a reason for the item; what was accepted stays accepted.
 */
import * as z from 'zod';
import { createTokenVerifier } from '../../shared/auth/tokens.ts';
import type { Tick } from '../../shared/contracts/queue-messages.ts';
import { createHttpHandler } from '../../shared/http/handler.ts';
import { createQueueSender } from '../../shared/queue/send.ts';
import { createTicker } from '../../shared/queue/ticks.ts';
import { createDocumentClient, createImpatientClient, createQueueClient } from '../../shared/runtime/clients.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { milliseconds, readEnvironment, seconds, text } from '../../shared/runtime/environment.ts';
import { createIdMaker } from '../../shared/runtime/ids.ts';
import { createObserver } from '../../shared/runtime/observe.ts';
import { secureRandom } from '../../shared/runtime/random.ts';
import { createSecretReader } from '../../shared/runtime/secrets.ts';
import { createConfigurationReader } from '../../shared/store/configuration.ts';
import { createItemReader } from '../../shared/store/table.ts';
import { createUserReader } from '../../shared/store/users.ts';
import { createBulk } from './serve.ts';

const environment = readEnvironment(
  z.object({
    STAGE: text,
    REMEMBER_MS: milliseconds,
    TABLE_NAME: text,
    TICKS_QUEUE_URL: text,
    PEPPER_SECRET_ID: text,
    TOKEN_KEY_SECRET_ID: text,
    HOP_SECONDS: seconds,
    BUDGET_MS: milliseconds,
  }),
);

const table = { client: createDocumentClient(createImpatientClient()), name: environment.TABLE_NAME };
const secrets = createSecretReader();
const observe = createObserver(environment.STAGE);
const ticks = createQueueSender<Tick>(createQueueClient(), environment.TICKS_QUEUE_URL, systemClock);

const serve = createBulk({
  table,
  read: createItemReader(table),
  configuration: createConfigurationReader(table, systemClock, environment.REMEMBER_MS),
  users: createUserReader(table, systemClock, environment.REMEMBER_MS),
  tokens: createTokenVerifier(() => secrets.text(environment.TOKEN_KEY_SECRET_ID), systemClock),
  pepper: () => secrets.text(environment.PEPPER_SECRET_ID),
  ticker: createTicker(ticks, systemClock, { hopSeconds: environment.HOP_SECONDS }),
  clock: systemClock,
  ids: createIdMaker(),
  random: secureRandom,
  observe,
  budgetMs: environment.BUDGET_MS,
});

export const handler = createHttpHandler(serve, observe);
