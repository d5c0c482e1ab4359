import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { AlarmTopic } from './constructs/alarm-topic.ts';
import { Dashboard } from './constructs/dashboard.ts';
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
import { HttpApi } from './constructs/http-api.ts';
import { Ingress } from './constructs/ingress.ts';
import { MailEvents } from './constructs/mail-events.ts';
import { TOUCHPOINT_NAMES } from './constructs/metrics.ts';
import { NodeFunction } from './constructs/node-function.ts';
import { QueueFunction } from './constructs/queue-function.ts';
import { ReceiptHorizon } from './constructs/receipt-horizon.ts';
import { Receipts } from './constructs/receipts.ts';
import { Schedules } from './constructs/schedules.ts';
import { ServiceLevels } from './constructs/service-levels.ts';
import { addTableStream, NEW_MESSAGES, VISIBLE_CHANGES } from './constructs/table-stream.ts';
import type { DataStack } from './data-stack.ts';
import type { Stage, StageSettings } from './stages.ts';

export interface ServiceStackProps extends StackProps {
  readonly stage: Stage;
  readonly settings: StageSettings;
  readonly data: DataStack;
}

const WRITER = ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'ConditionCheckItem'] as const;

/**
 * What runs, as in the picture of the design: client → api → table → sweeper → ticks → worker → a touchpoint's queue →
 * email, sms or whatsapp → provider → hooks, by HTTP or by the queue receipts; and table → publisher → webhooks. The only state here is what waits, in queues
 * and schedules: who deletes this stack loses the ticks of messages that are not due.
 */
export class ServiceStack extends Stack {
  constructor(scope: Construct, id: string, props: ServiceStackProps) {
    super(scope, id, props);
    const { stage, settings } = props;
    const { table, mail, imports, tokenKey, pepper } = props.data;

    const http = new HttpApi(this, 'Http', {
      stage,
      settings,
      errorImpact: 'Callers and providers are answered 5xx: conversations are not started, receipts come late.',
    });
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

    const api = new NodeFunction(this, 'Api', {
      ...common,
      name: 'api',
      timeoutSeconds: settings.apiTimeoutSeconds,
      environment: {
        APP_URL: settings.appUrl ?? http.endpoint,
        PUBLIC_URL: http.endpoint,
        WEBHOOKS_ON_LOOPBACK: String(settings.webhooksOnLoopback),
        ...memory,
        ...hops,
      },
      errorImpact: 'Requests fail with 500: businesses cannot start or read conversations, and must repeat.',
    });
    const bulk = new NodeFunction(this, 'Bulk', {
      ...common,
      name: 'bulk',
      timeoutSeconds: settings.bulkTimeoutSeconds,
      memoryMb: 1024,
      environment: {
        BUDGET_MS: String((settings.bulkTimeoutSeconds - settings.bulkReserveSeconds) * 1000),
        ...memory,
        ...hops,
      },
      errorImpact: 'Bulk requests fail: businesses must repeat them, and items without a clientId may be there twice.',
    });
    const worker = new QueueFunction(this, 'Worker', {
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
    });
    const email = new QueueFunction(this, 'Email', {
      ...sender,
      name: 'email',
      queue: 'email',
      errorImpact: 'Emails are late or not sent, and the later messages of their conversations wait behind them.',
    });
    const sms = new QueueFunction(this, 'Sms', {
      ...sender,
      name: 'sms',
      queue: 'sms',
      errorImpact: 'SMS are late or not sent, and the later messages of their conversations wait behind them.',
    });
    const whatsapp = new QueueFunction(this, 'WhatsApp', {
      ...sender,
      name: 'whatsapp',
      queue: 'whatsapp',
      errorImpact:
        'WhatsApp messages are late or not sent, and the later ones of their conversations wait behind them.',
    });
    const hooks = new QueueFunction(this, 'Hooks', {
      ...common,
      name: 'hooks',
      queue: 'receipts',
      maxAgeSeconds: 300,
      environment: { PUBLIC_URL: http.endpoint, ...memory },
      errorImpact: "Providers' receipts, replies and opt-outs are refused; they come again, but not for ever.",
    });
    const sweeper = new QueueFunction(this, 'Sweeper', {
      ...common,
      name: 'sweeper',
      queue: 'sweep',
      environment: { SWEEP_DELAY_SECONDS: String(settings.sweepDelaySeconds), ...hops },
      errorImpact: 'Messages whose first tick was lost are not found: they stay pending though they were accepted.',
    });

    const publisher = new QueueFunction(this, 'Publisher', {
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
    });

    const ingest = new QueueFunction(this, 'Ingest', {
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
    });

    http.route('/v2/hooks/{proxy+}', hooks.lambda);
    http.route('/v2/conversations/bulk', bulk.lambda);
    http.route('/v2/{proxy+}', api.lambda);
    http.route('$default', api.lambda);
    addTableStream(sweeper, table, {
      changes: NEW_MESSAGES,
      windowSeconds: settings.streamWindowSeconds,
      errorImpact:
        'The sweeper reads the table stream late: messages whose first tick was lost wait minutes or longer.',
    });
    addTableStream(publisher, table, {
      changes: VISIBLE_CHANGES,
      windowSeconds: settings.publishWindowSeconds,
      errorImpact: 'The publisher reads the table stream late: webhooks are told of what happens minutes later.',
    });
    const { topic } = new Receipts(this, 'Receipts', { to: hooks, mail });
    const { configurationSet } = new MailEvents(this, 'MailEvents', { stage });

    // What others of the account tell us, and what we tell them: apart from the default bus, where AWS's services speak.
    const bus = new EventBus(this, 'Bus', {
      eventBusName: `overture-${stage}`,
      description: 'Overture: events in and out.',
    });
    new Ingress(this, 'Ingress', { to: ingest, bus, imports, rules: settings.ingressRules ?? [] });

    for (const touchpoint of TOUCHPOINT_NAMES) {
      new ReceiptHorizon(this, `${touchpoint}Horizon`, { stage, touchpoint, abovePercent: 50 });
    }

    for (const writer of [bulk, ingest, worker, email, sms, whatsapp]) giveTable(writer, table, WRITER);
    for (const eraser of [api, hooks, publisher]) giveTable(eraser, table, [...WRITER, 'DeleteItem', 'BatchWriteItem']);
    giveTable(sweeper, table, ['BatchGetItem', 'GetItem', 'Query', 'BatchWriteItem']);
    for (const reader of [api, hooks, publisher]) giveIndexes(reader, table);

    for (const ticker of [api, bulk, worker, email, sms, whatsapp, hooks, sweeper, publisher, ingest]) {
      giveQueue(ticker, 'TICKS_QUEUE_URL', worker.queue);
    }
    for (const teller of [publisher, ingest]) giveBus(teller, bus);
    giveSchedules(worker, new Schedules(this, 'Schedules', { stage, to: worker }), settings);
    giveQueue(worker, 'EMAIL_QUEUE_URL', email.queue);
    giveQueue(worker, 'SMS_QUEUE_URL', sms.queue);
    giveQueue(worker, 'WHATSAPP_QUEUE_URL', whatsapp.queue);
    for (const teller of [api, publisher]) giveQueue(teller, 'WEBHOOKS_QUEUE_URL', publisher.queue);
    for (const purger of [api, sweeper]) giveQueue(purger, 'SWEEP_QUEUE_URL', sweeper.queue);

    for (const verifier of [api, bulk, publisher]) giveSecret(verifier, 'TOKEN_KEY_SECRET_ID', tokenKey);
    for (const hasher of [api, bulk, email, sms, whatsapp, hooks, publisher, ingest])
      giveSecret(hasher, 'PEPPER_SECRET_ID', pepper);
    giveSes(email, configurationSet);
    giveSmsVoice(sms);
    giveSocialMessaging(whatsapp);
    giveMail(hooks, mail);
    giveImports(ingest, imports);
    giveQueue(ingest, 'INGRESS_QUEUE_URL', ingest.queue);
    giveProviderSecrets(sms, stage, 'sms');
    giveProviderSecrets(whatsapp, stage, 'whatsapp');
    giveProviderSecrets(whatsapp, stage, 'sms');
    giveProviderSecrets(api, stage, 'whatsapp');
    giveProviderSecrets(hooks, stage, 'sms');
    giveProviderSecrets(hooks, stage, 'whatsapp');

    new ServiceLevels(this, 'Levels', { stage, table, accountConcurrency: settings.accountConcurrency });
    new Dashboard(this, 'Overview', {
      stage,
      http,
      tellers: [worker, email, sms, whatsapp, hooks],
      queues: [worker, email, sms, whatsapp, hooks, sweeper, ingest],
    });
    const { topic: alarms } = new AlarmTopic(this, 'Alarms', { email: settings.alarmEmail });

    new CfnOutput(this, 'AlarmTopicArn', { value: alarms.topicArn });
    new CfnOutput(this, 'ApiUrl', { value: http.endpoint });
    new CfnOutput(this, 'TableName', { value: table.tableName });
    new CfnOutput(this, 'EventBusName', { value: bus.eventBusName });
    new CfnOutput(this, 'ImportsBucketName', { value: imports.bucketName });
    new CfnOutput(this, 'IngressQueueUrl', { value: ingest.queue.queueUrl });
    new CfnOutput(this, 'MessagingTopicArn', { value: topic.topicArn });
  }
}
