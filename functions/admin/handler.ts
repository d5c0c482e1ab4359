/**
 * Trigger: HTTP API, the `/v2` routes of what an organization is configured with, `/docs` and `/openapi.json`.
 * Reads and writes the table, sends notifications, manages templates at Meta, asks webhooks for a challenge; reads the
 * token key, the pepper and the secrets of WhatsApp services.
 * On failure: an error body, and nothing half-written.
 */
import * as z from 'zod';
import { createSealer, OTP_SEEDS } from '../../shared/auth/sealer.ts';
import { createTokenService } from '../../shared/auth/tokens.ts';
import type { Notification } from '../../shared/contracts/queue-messages.ts';
import { createHttpHandler } from '../../shared/http/handler.ts';
import { createTemplateManager } from '../../shared/providers/whatsapp/templates.ts';
import { createQueueSender } from '../../shared/queue/send.ts';
import { createDocumentClient, createQueueClient } from '../../shared/runtime/clients.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { milliseconds, readEnvironment, text } from '../../shared/runtime/environment.ts';
import { createIdMaker } from '../../shared/runtime/ids.ts';
import { createObserver } from '../../shared/runtime/observe.ts';
import { secureRandom } from '../../shared/runtime/random.ts';
import { createSecretReader } from '../../shared/runtime/secrets.ts';
import { createConfigurationReader } from '../../shared/store/configuration.ts';
import { createUserReader } from '../../shared/store/users.ts';
import { createRequester } from '../../shared/webhooks/requester.ts';
import { createFileReader } from './docs/files.ts';
import { createAdmin } from './serve.ts';

const environment = readEnvironment(
  z.object({
    STAGE: text,
    REMEMBER_MS: milliseconds,
    TABLE_NAME: text,
    WEBHOOKS_QUEUE_URL: text,
    WEBHOOKS_ON_LOOPBACK: z.stringbool(),
    PEPPER_SECRET_ID: text,
    TOKEN_KEY_SECRET_ID: text,
    PUBLIC_URL: text,
  }),
);

const table = { client: createDocumentClient(), name: environment.TABLE_NAME };
const secrets = createSecretReader();
const tokenKey = () => secrets.text(environment.TOKEN_KEY_SECRET_ID);
const observe = createObserver(environment.STAGE);

const serve = createAdmin({
  table,
  configuration: createConfigurationReader(table, systemClock, environment.REMEMBER_MS),
  users: createUserReader(table, systemClock, environment.REMEMBER_MS),
  tokens: createTokenService(tokenKey, systemClock),
  sealer: createSealer(tokenKey, OTP_SEEDS),
  pepper: () => secrets.text(environment.PEPPER_SECRET_ID),
  secrets,
  templates: createTemplateManager({ baseUrl: process.env.WHATSAPP_BASE_URL }),
  stage: environment.STAGE,
  webhooks: {
    requester: createRequester({ loopback: environment.WEBHOOKS_ON_LOOPBACK }),
    notifications: createQueueSender<Notification>(createQueueClient(), environment.WEBHOOKS_QUEUE_URL, systemClock),
    loopback: environment.WEBHOOKS_ON_LOOPBACK,
  },
  clock: systemClock,
  ids: createIdMaker(),
  random: secureRandom,
  observe,
  publicUrl: environment.PUBLIC_URL,
  files: createFileReader(import.meta.dirname),
});

export const handler = createHttpHandler(serve, observe);
