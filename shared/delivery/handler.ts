import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { DeliverySchema, type Tick } from '../contracts/queue-messages.ts';
import type { CarrierOf } from '../domain/services.ts';
import type { Touchpoint } from '../domain/touchpoint.ts';
import type { Provider } from '../providers/provider.ts';
import { createConsumer } from '../queue/consume.ts';
import { createQueueSender } from '../queue/send.ts';
import { createTicker } from '../queue/ticks.ts';
import { createDocumentClient, createQueueClient } from '../runtime/clients.ts';
import { systemClock } from '../runtime/clock.ts';
import { milliseconds, readEnvironment, text } from '../runtime/environment.ts';
import { createIdMaker } from '../runtime/ids.ts';
import { createObserver } from '../runtime/observe.ts';
import { createSecretReader } from '../runtime/secrets.ts';
import { createConfigurationReader } from '../store/configuration.ts';
import { deliver } from './deliver.ts';
import { createPace } from './pace.ts';
import type { DeliveryParts } from './parts.ts';

const EnvironmentSchema = z.object({
  STAGE: text,
  REMEMBER_MS: milliseconds,
  TABLE_NAME: text,
  TICKS_QUEUE_URL: text,
  PEPPER_SECRET_ID: text,
  LEASE_MS: milliseconds,
  UNKNOWN_MS: milliseconds,
  PROVIDER_TIMEOUT_MS: milliseconds,
  MIN_REMAINING_MS: milliseconds,
  PAIR_MS: milliseconds,
  PUBLIC_URL: text,
});

/**
 * The Lambda handler of a touchpoint: the same for all, but for the providers that can carry it. One that is missing
 * does not compile.
 */
export function createTouchpointHandler<T extends Touchpoint>(
  touchpoint: T,
  providers: Readonly<Record<CarrierOf<T>, Provider>>,
) {
  const environment = readEnvironment(EnvironmentSchema);
  const table = { client: createDocumentClient(), name: environment.TABLE_NAME };
  const secrets = createSecretReader();
  const observe = createObserver(environment.STAGE);
  const ticks = createQueueSender<Tick>(createQueueClient(), environment.TICKS_QUEUE_URL, systemClock);
  const parts: DeliveryParts = {
    touchpoint,
    table,
    configuration: createConfigurationReader(table, systemClock, environment.REMEMBER_MS),
    secrets,
    pepper: () => secrets.text(environment.PEPPER_SECRET_ID),
    providers,
    pace: createPace({ table, clock: systemClock, random: Math.random, pairMs: environment.PAIR_MS }),
    ticker: createTicker(ticks, systemClock),
    clock: systemClock,
    random: Math.random,
    ids: createIdMaker(),
    newToken: randomUUID,
    observe,
    settings: {
      leaseMs: environment.LEASE_MS,
      unknownMs: environment.UNKNOWN_MS,
      providerTimeoutMs: environment.PROVIDER_TIMEOUT_MS,
      minRemainingMs: environment.MIN_REMAINING_MS,
      publicUrl: environment.PUBLIC_URL,
    },
  };
  return createConsumer(DeliverySchema, (delivery, invocation) => deliver(parts, delivery, invocation), observe);
}
