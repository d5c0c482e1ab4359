import { arnOf } from './identity.ts';

/** A request to a service, as it leaves. */
export interface AwsCall {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  header(name: string): string | undefined;
  /** Empty where it is a stream. */
  readonly body: string;
}

export interface Needed {
  readonly action: string;
  readonly resource: string;
}

// biome-ignore lint/suspicious/noExplicitAny: bodies are what the services' clients send
type Json = any;
/** `operation` is what the target header names, where there is one. */
type Reader = (call: AwsCall, operation: string) => readonly Needed[];

/** Whom a request is signed for; it is the prefix of IAM's actions too. */
const SIGNED_FOR = /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d+\/[^/]+\/([a-z0-9-]+)\/aws4_request/;

const READERS: Readonly<Record<string, Reader>> = {
  dynamodb: onTables,
  events: toBuses,
  s3: onObjects,
  scheduler: onSchedules,
  secretsmanager: ofSecrets,
  ses: fromIdentities,
  'sms-voice': fromNumbers,
  'social-messaging': fromWhatsAppNumbers,
  sqs: toQueues,
};

/** What IAM asks for before a call is carried out; nothing for one that is not signed. Throws for calls that nobody knows. */
export function neededFor(call: AwsCall): readonly Needed[] {
  const [, service] = SIGNED_FOR.exec(call.header('authorization') ?? '') ?? [];
  if (service === undefined) return [];
  const operation = call.header('x-amz-target')?.split('.').at(-1) ?? '';
  const needed = READERS[service]?.(call, operation) ?? [];
  if (needed.length > 0) return needed;
  throw new Error(`The local run does not know which permission this needs: ${service} ${call.method} ${operation}.`);
}

const json = ({ body }: AwsCall): Json => JSON.parse(body);
const pathOf = ({ path }: AwsCall): string => decodeURIComponent(path.split('?', 1)[0] ?? '');
const lastPart = (nameOrArn: string): string => nameOrArn.split(/[/:]/).at(-1) ?? '';
const arnFor = (service: string, kind: string, nameOrArn: string): string =>
  nameOrArn.startsWith('arn:') ? nameOrArn : arnOf(service, `${kind}${nameOrArn}`);

function onTables(call: AwsCall, operation: string): readonly Needed[] {
  const { TableName, IndexName, RequestItems, TransactItems } = json(call);
  if (TransactItems) return TransactItems.map(partOfTransaction);
  const names = RequestItems ? Object.keys(RequestItems) : [TableName];
  const index = IndexName === undefined ? '' : `/index/${IndexName}`;
  return names.map((name) => ({
    action: `dynamodb:${operation}`,
    resource: `${arnFor('dynamodb', 'table/', name)}${index}`,
  }));
}

/** A transaction needs the permission of each of its parts, and none of its own. */
function partOfTransaction(item: Json): Needed {
  const [kind = '', { TableName }] = Object.entries<Json>(item).find(([, part]) => part) ?? [];
  const action = kind === 'ConditionCheck' ? 'ConditionCheckItem' : `${kind}Item`;
  return { action: `dynamodb:${action}`, resource: arnFor('dynamodb', 'table/', TableName) };
}

function toQueues(call: AwsCall, operation: string): readonly Needed[] {
  const action = operation.replace(/Batch$/, '');
  return [{ action: `sqs:${action}`, resource: arnOf('sqs', lastPart(json(call).QueueUrl)) }];
}

function toBuses(call: AwsCall, operation: string): readonly Needed[] {
  return json(call).Entries.map(({ EventBusName }: Json) => ({
    action: `events:${operation}`,
    resource: arnFor('events', 'event-bus/', EventBusName),
  }));
}

function ofSecrets(call: AwsCall, operation: string): readonly Needed[] {
  const { SecretId } = json(call);
  // What is asked for by name has an ARN with a hyphen and six letters behind it.
  const resource = SecretId.startsWith('arn:') ? SecretId : arnOf('secretsmanager', `secret:${SecretId}-AbCdEf`);
  return [{ action: `secretsmanager:${operation}`, resource }];
}

/** Whoever makes a schedule hands over the role that it will send as. */
function onSchedules(call: AwsCall): readonly Needed[] {
  if (call.method !== 'POST') return [];
  const { GroupName, Target } = json(call);
  return [
    {
      action: 'scheduler:CreateSchedule',
      resource: arnOf('scheduler', `schedule/${GroupName}/${lastPart(pathOf(call))}`),
    },
    { action: 'iam:PassRole', resource: Target.RoleArn },
  ];
}

function onObjects(call: AwsCall): readonly Needed[] {
  const action = { GET: 's3:GetObject', PUT: 's3:PutObject' }[call.method];
  return action ? [{ action, resource: `arn:aws:s3:::${pathOf(call).slice(1)}` }] : [];
}

/** The identity is the sender's domain or address: whichever is verified. A configuration set is asked for where one is named. */
function fromIdentities({ body }: AwsCall): readonly Needed[] {
  const fields = new URLSearchParams(body);
  const action = `ses:${fields.get('Action')}`;
  const identity = { action, resource: arnOf('ses', `identity/${fields.get('Source')}`) };
  return [identity, ...ofConfigurationSet('ses', action, fields.get('ConfigurationSetName'))];
}

function fromNumbers(call: AwsCall, operation: string): readonly Needed[] {
  const { OriginationIdentity, ConfigurationSetName } = json(call);
  const action = `sms-voice:${operation}`;
  const sender = { action, resource: arnFor('sms-voice', 'phone-number/', OriginationIdentity) };
  return [sender, ...ofConfigurationSet('sms-voice', action, ConfigurationSetName)];
}

const ofConfigurationSet = (service: string, action: string, name: string | null | undefined): Needed[] =>
  name ? [{ action, resource: arnFor(service, 'configuration-set/', name) }] : [];

function fromWhatsAppNumbers(call: AwsCall): readonly Needed[] {
  const { originationPhoneNumberId } = json(call);
  const resource = arnFor('social-messaging', 'phone-number-id/', originationPhoneNumberId);
  return [{ action: 'social-messaging:SendWhatsAppMessage', resource }];
}
