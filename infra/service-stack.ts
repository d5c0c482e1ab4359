import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { AlarmTopic } from './constructs/alarm-topic.ts';
import { Dashboard } from './constructs/dashboard.ts';
import { HttpApi } from './constructs/http-api.ts';
import { Ingress } from './constructs/ingress.ts';
import { MailEvents } from './constructs/mail-events.ts';
import { TOUCHPOINT_NAMES } from './constructs/metrics.ts';
import { ReceiptHorizon } from './constructs/receipt-horizon.ts';
import { Receipts } from './constructs/receipts.ts';
import { Schedules } from './constructs/schedules.ts';
import { ServiceLevels } from './constructs/service-levels.ts';
import { addTableStream, NEW_MESSAGES, VISIBLE_CHANGES } from './constructs/table-stream.ts';
import type { DataStack } from './data-stack.ts';
import { createFunctions } from './functions.ts';
import { ADMIN_PATHS } from './paths.ts';
import { givePermissions } from './permissions.ts';
import type { Stage, StageSettings } from './stages.ts';

export interface ServiceStackProps extends StackProps {
  readonly stage: Stage;
  readonly settings: StageSettings;
  readonly data: DataStack;
}

/**
 * What runs, as in the picture of the design: client → api → table → sweeper → ticks → worker → a touchpoint's queue →
 * email, sms or whatsapp → provider → hooks, by HTTP or by the queue receipts; and table → publisher → webhooks. The
 * functions' settings are in `functions.ts`, what each may do in `permissions.ts`. The only state here is what waits, in
 * queues and schedules: who deletes this stack loses the ticks of messages that are not due.
 */
export class ServiceStack extends Stack {
  constructor(scope: Construct, id: string, props: ServiceStackProps) {
    super(scope, id, props);
    const { stage, settings, data } = props;
    const { table, mail, imports } = data;

    const http = new HttpApi(this, 'Http', {
      stage,
      settings,
      errorImpact: 'Callers and providers are answered 5xx: conversations are not started, receipts come late.',
    });
    const functions = createFunctions(this, { stage, settings, http });
    const { api, admin, bulk, worker, email, sms, whatsapp, hooks, sweeper, publisher, ingest } = functions;

    http.route('/v2/hooks/{proxy+}', hooks.lambda);
    http.route('/v2/conversations/bulk', bulk.lambda);
    for (const path of ADMIN_PATHS) http.route(path, admin.lambda);
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

    for (const { logGroup } of [http, ...Object.values(functions)]) data.logs?.take(logGroup);

    const schedules = new Schedules(this, 'Schedules', { stage, to: worker });
    givePermissions({ stage, settings, functions, data, bus, schedules, configurationSet });

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
