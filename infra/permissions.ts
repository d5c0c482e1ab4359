/**
 * Who may use what, resource by resource, and is told where it is. What stands nowhere here, no function may: save to
 * write its own logs and traces, and to read what feeds it (its queue, the table's stream). The same function by
 * function: `test/infra/policies.test.ts`.
 */
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import {
  giveBus,
  giveImports,
  giveIndexes,
  giveMail,
  giveProviderSecrets,
  giveQueue,
  giveSchedules,
  giveSecret,
  giveSes,
  giveSmsVoice,
  giveSocialMessaging,
  giveTable,
} from './constructs/grants.ts';
import type { Schedules } from './constructs/schedules.ts';
import type { DataStack } from './data-stack.ts';
import type { Functions } from './functions.ts';
import type { Stage, StageSettings } from './stages.ts';

export interface Parts {
  readonly stage: Stage;
  readonly settings: StageSettings;
  readonly functions: Functions;
  readonly data: DataStack;
  readonly bus: IEventBus;
  readonly schedules: Schedules;
  /** SES's configuration set, for services that name none. */
  readonly configurationSet: string;
}

/** To be called once, when all parts are there. */
export function givePermissions(parts: Parts): void {
  giveStore(parts);
  giveWaysToTell(parts);
  giveSecrets(parts);
  giveProviders(parts);
  giveFiles(parts);
}

/** Messages with long texts are stored in two items, the texts by a batch. */
const SENDER = ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'ConditionCheckItem', 'BatchWriteItem'] as const;
const WRITER = [...SENDER, 'BatchGetItem'] as const;
const ERASER = [...WRITER, 'DeleteItem'] as const;

function giveStore({ functions, data: { table } }: Parts): void {
  const { api, admin, bulk, worker, email, sms, whatsapp, hooks, sweeper, publisher, ingest } = functions;
  for (const sender of [email, sms, whatsapp]) giveTable(sender, table, SENDER);
  for (const writer of [bulk, ingest, worker]) giveTable(writer, table, WRITER);
  for (const eraser of [api, admin, hooks, publisher]) giveTable(eraser, table, ERASER);
  giveTable(sweeper, table, ['BatchGetItem', 'GetItem', 'Query', 'BatchWriteItem']);
  for (const reader of [api, admin, hooks, publisher]) giveIndexes(reader, table);
}

function giveWaysToTell({ functions, bus, schedules, settings }: Parts): void {
  const { api, admin, bulk, worker, email, sms, whatsapp, hooks, sweeper, publisher, ingest } = functions;
  for (const ticker of [api, bulk, worker, email, sms, whatsapp, hooks, sweeper, publisher, ingest])
    giveQueue(ticker, 'TICKS_QUEUE_URL', worker.queue);
  for (const teller of [publisher, ingest]) giveBus(teller, bus);
  giveSchedules(worker, schedules, settings);
  giveQueue(worker, 'EMAIL_QUEUE_URL', email.queue);
  giveQueue(worker, 'SMS_QUEUE_URL', sms.queue);
  giveQueue(worker, 'WHATSAPP_QUEUE_URL', whatsapp.queue);
  for (const teller of [admin, publisher]) giveQueue(teller, 'WEBHOOKS_QUEUE_URL', publisher.queue);
  for (const purger of [api, sweeper]) giveQueue(purger, 'SWEEP_QUEUE_URL', sweeper.queue);
}

function giveSecrets({ stage, functions, data: { tokenKey, pepper } }: Parts): void {
  const { api, admin, bulk, email, sms, whatsapp, hooks, publisher, ingest } = functions;
  for (const verifier of [api, admin, bulk, publisher]) giveSecret(verifier, 'TOKEN_KEY_SECRET_ID', tokenKey);
  for (const hasher of [api, admin, bulk, email, sms, whatsapp, hooks, publisher, ingest])
    giveSecret(hasher, 'PEPPER_SECRET_ID', pepper);
  for (const caller of [sms, whatsapp, hooks]) giveProviderSecrets(caller, stage, 'sms');
  for (const caller of [admin, whatsapp, hooks]) giveProviderSecrets(caller, stage, 'whatsapp');
}

function giveProviders({ functions: { email, sms, whatsapp }, configurationSet }: Parts): void {
  giveSes(email, configurationSet);
  giveSmsVoice(sms);
  giveSocialMessaging(whatsapp);
}

/** What lies in buckets: mails that came in, and uploads. */
function giveFiles({ functions: { hooks, ingest }, data: { mail, imports } }: Parts): void {
  giveMail(hooks, mail);
  giveImports(ingest, imports);
  // The rest of an upload is a message to itself.
  giveQueue(ingest, 'INGRESS_QUEUE_URL', ingest.queue);
}
