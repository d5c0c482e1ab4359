/** Environment variable and permission in one call: a function is told of nothing it may not use, and the reverse. */
import { Stack } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { INDEXES } from '../../shared/store/keys.ts';
import type { Stage, StageSettings } from '../stages.ts';
import { acknowledge } from './acknowledge.ts';
import type { NodeFunction } from './node-function.ts';
import type { Schedules } from './schedules.ts';

export type TableAction =
  | 'GetItem'
  | 'BatchGetItem'
  | 'Query'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'BatchWriteItem'
  | 'ConditionCheckItem';

/** Gives actions on the table's items; a transaction needs the action of each of its parts. */
export function giveTable(to: NodeFunction, table: TableV2, actions: readonly TableAction[]): void {
  to.lambda.addEnvironment('TABLE_NAME', table.tableName);
  const prefixed = actions.map((action) => `dynamodb:${action}`);
  allow(to, prefixed, table.tableArn);
}

/** Lets a function look up in the indexes, which hold keys only: what it decides on, it reads from the table. */
export function giveIndexes(to: NodeFunction, table: TableV2): void {
  for (const { name } of Object.values(INDEXES)) allow(to, ['dynamodb:Query'], `${table.tableArn}/index/${name}`);
}

export function giveQueue(to: NodeFunction, variable: `${string}_QUEUE_URL`, queue: IQueue): void {
  to.lambda.addEnvironment(variable, queue.queueUrl);
  allow(to, ['sqs:SendMessage'], queue.queueArn);
}

/** Lets a function tell the installation's event bus what happened. */
export function giveBus(to: NodeFunction, bus: IEventBus): void {
  to.lambda.addEnvironment('EVENT_BUS_NAME', bus.eventBusName);
  allow(to, ['events:PutEvents'], bus.eventBusArn);
}

/** Lets a function make schedules in the group, that send as the group's role and as nobody else. */
export function giveSchedules(to: NodeFunction, schedules: Schedules, settings: StageSettings): void {
  const { groupName, role, queue, deadLetters } = schedules;
  const variables = {
    SCHEDULE_GROUP: groupName,
    SCHEDULE_ROLE_ARN: role.roleArn,
    TICKS_QUEUE_ARN: queue.queueArn,
    TICKS_DEAD_LETTERS_ARN: deadLetters.queueArn,
    SCHEDULE_FROM_MS: String(settings.scheduleFromSeconds * 1000),
    SCHEDULE_LEAD_MS: String(settings.scheduleLeadSeconds * 1000),
  };
  for (const [name, value] of Object.entries(variables)) to.lambda.addEnvironment(name, value);
  const reason = 'One schedule per message that waits long, made while the system runs: only its group is known.';
  allowWildcard(to, 'scheduler:CreateSchedule', 'scheduler', `schedule/${groupName}/*`, reason);
  to.lambda.addToRolePolicy(
    new PolicyStatement({
      actions: ['iam:PassRole'],
      resources: [role.roleArn],
      conditions: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
    }),
  );
}

export function giveSecret(to: NodeFunction, variable: `${string}_SECRET_ID`, secret: ISecret): void {
  to.lambda.addEnvironment(variable, secret.secretArn);
  allow(to, ['secretsmanager:GetSecretValue'], secret.secretArn);
}

/**
 * Gives the secrets that operators store for a touchpoint's services: `overture/<stage>/<touchpoint>/<any name>`. A
 * service that carries both SMS and WhatsApp has its secret among those of SMS.
 */
export function giveProviderSecrets(to: NodeFunction, stage: Stage, touchpoint: 'sms' | 'whatsapp'): void {
  const reason = `Operators store one secret per ${touchpoint} service while the system runs: only its prefix is known.`;
  allowWildcard(
    to,
    'secretsmanager:GetSecretValue',
    'secretsmanager',
    `secret:overture/${stage}/${touchpoint}/*`,
    reason,
  );
}

/** Gives SES, with every sender of the account; `configurationSet` is that of services which name none. */
export function giveSes(to: NodeFunction, configurationSet: string): void {
  to.lambda.addEnvironment('SES_CONFIGURATION_SET', configurationSet);
  const reason = 'Senders and configuration sets belong to organizations, which verify them while the system runs.';
  for (const resource of ['identity/*', 'configuration-set/*']) {
    allowWildcard(to, 'ses:SendRawEmail', 'ses', resource, reason);
  }
}

/**
 * Gives AWS End User Messaging's SMS, from every number, pool and sender id of the account. AWS asks for the
 * configuration set too, where a call names one. Source: service authorization reference, `SendTextMessage`.
 */
export function giveSmsVoice(to: NodeFunction): void {
  const reason = 'Numbers, pools and sender ids belong to organizations, which get them while the system runs.';
  for (const resource of ['phone-number/*', 'pool/*', 'sender-id/*', 'configuration-set/*']) {
    allowWildcard(to, 'sms-voice:SendTextMessage', 'sms-voice', resource, reason);
  }
}

/** Gives AWS End User Messaging's WhatsApp, from every number that the account has linked. */
export function giveSocialMessaging(to: NodeFunction): void {
  const reason = 'WhatsApp numbers belong to organizations, which link them while the system runs.';
  allowWildcard(to, 'social-messaging:SendWhatsAppMessage', 'social-messaging', 'phone-number-id/*', reason);
}

/** How the data stack hands out the bucket's ARN; follows from the bucket's logical id. */
const MAIL_ARN_OUTPUT = 'PublishOutputFnGetAttMail6A3D1F64Arn2170DD6B';

/** Lets a function read the mails that were received; which ones, events tell it. S3 says that one is gone to listers only. */
export function giveMail(to: NodeFunction, bucket: IBucket): void {
  allow(to, ['s3:ListBucket'], bucket.bucketArn);
  allow(to, ['s3:GetObject'], bucket.arnForObjects('*'));
  const arn = { StackName: Stack.of(bucket).stackName, Region: { Ref: 'AWS::Region' }, OutputName: MAIL_ARN_OUTPUT };
  acknowledge(
    to,
    `AwsSolutions-IAM5[Resource::${JSON.stringify({ 'Fn::GetStackOutput': arn })}/*]`,
    'SES names each mail as it comes: only the bucket is known.',
  );
}

/** The same of the bucket for imports. */
const IMPORTS_ARN_OUTPUT = 'PublishOutputFnGetAttImportsC5EA4F6FArn7CA2A0D0';

/** Lets a function read what was uploaded and write what became of it, beside it. S3 says that one is gone to listers only. */
export function giveImports(to: NodeFunction, bucket: IBucket): void {
  allow(to, ['s3:ListBucket'], bucket.bucketArn);
  const arn = { StackName: Stack.of(bucket).stackName, Region: { Ref: 'AWS::Region' }, OutputName: IMPORTS_ARN_OUTPUT };
  for (const [action, objects] of [
    ['s3:GetObject', 'imports/*'],
    ['s3:PutObject', 'results/*'],
  ] as const) {
    allow(to, [action], bucket.arnForObjects(objects));
    acknowledge(
      to,
      `AwsSolutions-IAM5[Resource::${JSON.stringify({ 'Fn::GetStackOutput': arn })}/${objects}]`,
      'Whoever uploads names the file: only its folder is known.',
    );
  }
}

function allow(to: NodeFunction, actions: string[], resource: string): void {
  to.lambda.addToRolePolicy(new PolicyStatement({ actions, resources: [resource] }));
}

function allowWildcard(to: NodeFunction, action: string, service: string, resource: string, reason: string): void {
  const { partition, region, account } = Stack.of(to);
  allow(to, [action], `arn:${partition}:${service}:${region}:${account}:${resource}`);
  const finding = `arn:<AWS::Partition>:${service}:<AWS::Region>:<AWS::AccountId>:${resource}`;
  acknowledge(to, `AwsSolutions-IAM5[Resource::${finding}]`, reason);
}
