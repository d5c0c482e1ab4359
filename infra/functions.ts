/** Every function, with its queue where it has one, and what each is told besides where the things are that it may use. */
import type { Construct } from 'constructs';
import type { HttpApi } from './constructs/http-api.ts';
import { NodeFunction } from './constructs/node-function.ts';
import { QueueFunction } from './constructs/queue-function.ts';
import type { Stage, StageSettings } from './stages.ts';

export interface FunctionsProps {
  readonly stage: Stage;
  readonly settings: StageSettings;
  readonly http: HttpApi;
}

export type Functions = ReturnType<typeof createFunctions>;

export function createFunctions(scope: Construct, { stage, settings, http }: FunctionsProps) {
  const common = { stage, settings, timeoutSeconds: settings.functionTimeoutSeconds };
  const memory = { REMEMBER_MS: String(settings.rememberMs) };
  const hops = { HOP_SECONDS: String(settings.hopSeconds) };
  const sender = {
    ...common,
    loops: true,
    maxAgeSeconds: 60,
    environment: {
      ...memory,
      PUBLIC_URL: http.endpoint,
      LEASE_MS: String(settings.leaseMs),
      UNKNOWN_MS: String(settings.unknownMs),
      PROVIDER_TIMEOUT_MS: String(settings.providerTimeoutMs),
      MIN_REMAINING_MS: String(settings.minRemainingMs),
      PAIR_MS: String(settings.pairMs),
    },
  };

  return {
    api: new NodeFunction(scope, 'Api', {
      ...common,
      name: 'api',
      timeoutSeconds: settings.apiTimeoutSeconds,
      environment: {
        APP_URL: settings.appUrl ?? http.endpoint,
        PUBLIC_URL: http.endpoint,
        ...memory,
        ...hops,
      },
      errorImpact: 'Requests fail with 500: businesses cannot start or read conversations, and must repeat.',
    }),
    admin: new NodeFunction(scope, 'Admin', {
      ...common,
      name: 'admin',
      seldom: true,
      timeoutSeconds: settings.apiTimeoutSeconds,
      environment: {
        PUBLIC_URL: http.endpoint,
        WEBHOOKS_ON_LOOPBACK: String(settings.webhooksOnLoopback),
        ...memory,
      },
      errorImpact: 'Nobody can log in or change services, users and templates. Messages go on.',
    }),
    bulk: new NodeFunction(scope, 'Bulk', {
      ...common,
      name: 'bulk',
      seldom: true,
      timeoutSeconds: settings.bulkTimeoutSeconds,
      memoryMb: 1024,
      environment: {
        BUDGET_MS: String((settings.bulkTimeoutSeconds - settings.bulkReserveSeconds) * 1000),
        ...memory,
        ...hops,
      },
      errorImpact: 'Bulk requests fail: businesses must repeat them, and items without a clientId may be there twice.',
    }),
    worker: new QueueFunction(scope, 'Worker', {
      ...common,
      name: 'worker',
      queue: 'ticks',
      loops: true,
      environment: {
        UNKNOWN_MS: String(settings.unknownMs),
        PAIR_MS: String(settings.pairMs),
        ...memory,
        ...hops,
      },
      errorImpact: 'The conversations concerned stand still: accepted messages are not handed on until redriven.',
    }),
    email: new QueueFunction(scope, 'Email', {
      ...sender,
      name: 'email',
      queue: 'email',
      errorImpact: 'Emails are late or not sent, and the later messages of their conversations wait behind them.',
    }),
    sms: new QueueFunction(scope, 'Sms', {
      ...sender,
      name: 'sms',
      queue: 'sms',
      errorImpact: 'SMS are late or not sent, and the later messages of their conversations wait behind them.',
    }),
    whatsapp: new QueueFunction(scope, 'WhatsApp', {
      ...sender,
      name: 'whatsapp',
      queue: 'whatsapp',
      errorImpact:
        'WhatsApp messages are late or not sent, and the later ones of their conversations wait behind them.',
    }),
    hooks: new QueueFunction(scope, 'Hooks', {
      ...common,
      name: 'hooks',
      queue: 'receipts',
      maxAgeSeconds: 300,
      environment: { PUBLIC_URL: http.endpoint, ...memory },
      errorImpact: "Providers' receipts, replies and opt-outs are refused; they come again, but not for ever.",
    }),
    sweeper: new QueueFunction(scope, 'Sweeper', {
      ...common,
      name: 'sweeper',
      queue: 'sweep',
      environment: { SWEEP_DELAY_SECONDS: String(settings.sweepDelaySeconds), ...hops },
      errorImpact: 'Messages whose first tick was lost are not found: they stay pending though they were accepted.',
    }),
    publisher: new QueueFunction(scope, 'Publisher', {
      ...common,
      name: 'publisher',
      queue: 'webhooks',
      loops: true,
      environment: {
        PUBLIC_URL: http.endpoint,
        APP_URL: settings.appUrl ?? http.endpoint,
        WEBHOOK_TIMEOUT_MS: String(settings.webhookTimeoutMs),
        WEBHOOK_MIN_REMAINING_MS: String(settings.webhookMinRemainingMs),
        WEBHOOK_FIRST_MS: String(settings.webhookFirstMs),
        WEBHOOK_LONGEST_MS: String(settings.webhookLongestMs),
        WEBHOOK_GIVE_UP_MS: String(settings.webhookGiveUpMs),
        WEBHOOK_FAILING_MS: String(settings.webhookFailingMs),
        WEBHOOKS_ON_LOOPBACK: String(settings.webhooksOnLoopback),
        ...memory,
        ...hops,
      },
      errorImpact: 'Webhooks are not told of what happens. Nothing is lost for 6 hours; it is told late.',
    }),
    ingest: new QueueFunction(scope, 'Ingest', {
      ...common,
      name: 'ingest',
      queue: 'ingress',
      // The rest of an upload is a message to itself.
      loops: true,
      memoryMb: 1024,
      maxAgeSeconds: 300,
      environment: {
        IMPORT_LEASE_MS: String(settings.functionTimeoutSeconds * 1000 + 500),
        IMPORT_RESERVE_MS: String(settings.importReserveMs),
        ...memory,
        ...hops,
      },
      errorImpact:
        'Conversations that events or uploads ask for are started late; nothing of them is lost for 14 days.',
    }),
  };
}
