import { describe, expect, it } from 'vitest';
import { type AwsCall, neededFor } from '../../infra/local/stack/needed-permissions.ts';
import { createAllowance } from '../../infra/local/stack/permissions.ts';

const call = (
  service: string,
  call: Partial<Omit<AwsCall, 'header' | 'body'>> & { target?: string; body?: unknown },
): AwsCall => ({
  method: 'POST',
  path: '/',
  ...call,
  header: (name) =>
    ({
      authorization: `AWS4-HMAC-SHA256 Credential=local/20261126/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
      'x-amz-target': call.target,
    })[name],
  body: typeof call.body === 'string' ? call.body : JSON.stringify(call.body ?? {}),
});
const needed = (...asked: Parameters<typeof call>): string[] =>
  neededFor(call(...asked)).map(({ action, resource }) => `${action} ${resource}`);
const arn = (service: string, rest: string) => `arn:aws:${service}:us-east-1:000000000000:${rest}`;

describe('what IAM asks for', () => {
  const table = (target: string, body: unknown) => needed('dynamodb', { target: `DynamoDB_20120810.${target}`, body });

  it('to read or write an item is the action on its table, and for a query of an index on that', () => {
    expect(table('GetItem', { TableName: 'Table' })).toEqual([`dynamodb:GetItem ${arn('dynamodb', 'table/Table')}`]);
    expect(table('Query', { TableName: 'Table', IndexName: 'byId' })).toEqual([
      `dynamodb:Query ${arn('dynamodb', 'table/Table/index/byId')}`,
    ]);
    expect(table('BatchGetItem', { RequestItems: { One: {}, Two: {} } })).toEqual([
      `dynamodb:BatchGetItem ${arn('dynamodb', 'table/One')}`,
      `dynamodb:BatchGetItem ${arn('dynamodb', 'table/Two')}`,
    ]);
  });

  it('for a transaction is the action of each part, and none for the whole', () => {
    const part = { TableName: 'Table' };
    const parts = [{ Put: part }, { Update: part }, { Delete: part }, { ConditionCheck: part }];
    expect(table('TransactWriteItems', { TransactItems: parts })).toEqual(
      ['PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'].map(
        (action) => `dynamodb:${action} ${arn('dynamodb', 'table/Table')}`,
      ),
    );
  });

  it('for a batch of messages is what one needs', () => {
    const body = { QueueUrl: 'http://sqs.us-east-1.localhost:1/000000000000/WorkerQueue' };
    expect(needed('sqs', { target: 'AmazonSQS.SendMessageBatch', body })).toEqual([
      `sqs:SendMessage ${arn('sqs', 'WorkerQueue')}`,
    ]);
  });

  it('to make a schedule is to hand over its role too', () => {
    const body = { GroupName: 'overture-local', Target: { RoleArn: 'arn:aws:iam::000000000000:role/Schedules' } };
    expect(needed('scheduler', { path: '/schedules/one', body })).toEqual([
      `scheduler:CreateSchedule ${arn('scheduler', 'schedule/overture-local/one')}`,
      'iam:PassRole arn:aws:iam::000000000000:role/Schedules',
    ]);
  });

  it('for a secret is its ARN, also where it is asked for by name', () => {
    const secret = (SecretId: string) =>
      needed('secretsmanager', { target: 'secretsmanager.GetSecretValue', body: { SecretId } });
    const key = arn('secretsmanager', 'secret:Key-local0');
    expect(secret(key)).toEqual([`secretsmanager:GetSecretValue ${key}`]);
    expect(secret('overture/local/sms/twilio')).toEqual([
      `secretsmanager:GetSecretValue ${arn('secretsmanager', 'secret:overture/local/sms/twilio-AbCdEf')}`,
    ]);
  });

  it('for an object is its key, for an event its bus, for a mail its sender, for a text its number', () => {
    expect(needed('s3', { method: 'GET', path: '/bucket/imports/a%20b.csv?x-id=GetObject' })).toEqual([
      's3:GetObject arn:aws:s3:::bucket/imports/a b.csv',
    ]);
    expect(needed('s3', { method: 'PUT', path: '/bucket/results/1' })).toEqual([
      's3:PutObject arn:aws:s3:::bucket/results/1',
    ]);
    expect(
      needed('events', { target: 'AWSEvents.PutEvents', body: { Entries: [{ EventBusName: 'overture-local' }] } }),
    ).toEqual([`events:PutEvents ${arn('events', 'event-bus/overture-local')}`]);
    expect(needed('ses', { body: 'Action=SendRawEmail&Source=a%40example.com' })).toEqual([
      `ses:SendRawEmail ${arn('ses', 'identity/a@example.com')}`,
    ]);
    const OriginationIdentity = arn('sms-voice', 'pool/pool-1');
    expect(
      needed('sms-voice', { target: 'PinpointSMSVoiceV2.SendTextMessage', body: { OriginationIdentity } }),
    ).toEqual([`sms-voice:SendTextMessage ${OriginationIdentity}`]);
    const originationPhoneNumberId = 'phone-number-id-1';
    expect(needed('social-messaging', { path: '/v1/whatsapp/send', body: { originationPhoneNumberId } })).toEqual([
      `social-messaging:SendWhatsAppMessage ${arn('social-messaging', 'phone-number-id/phone-number-id-1')}`,
    ]);
  });

  it('to send an email or SMS by a configuration set is that too', () => {
    const OriginationIdentity = arn('sms-voice', 'phone-number/phone-1');
    const body = { OriginationIdentity, ConfigurationSetName: 'shop' };
    expect(needed('sms-voice', { target: 'PinpointSMSVoiceV2.SendTextMessage', body })).toEqual([
      `sms-voice:SendTextMessage ${OriginationIdentity}`,
      `sms-voice:SendTextMessage ${arn('sms-voice', 'configuration-set/shop')}`,
    ]);
    const form = 'Action=SendRawEmail&Source=a%40example.com&ConfigurationSetName=shop';
    expect(needed('ses', { body: form })).toEqual([
      `ses:SendRawEmail ${arn('ses', 'identity/a@example.com')}`,
      `ses:SendRawEmail ${arn('ses', 'configuration-set/shop')}`,
    ]);
  });

  it('is nothing for a request that is not signed for AWS', () => {
    expect(neededFor({ method: 'POST', path: '/', header: () => 'Basic YTpi', body: 'x' })).toEqual([]);
  });

  it.each([
    ['s3', { method: 'DELETE', path: '/bucket/key' }],
    ['scheduler', { method: 'DELETE', path: '/schedules/one' }],
    ['kms', { target: 'TrentService.Decrypt' }],
  ] as const)('is not known of every call: one of %s that no function makes is refused', (service, asked) => {
    expect(() => needed(service, asked)).toThrow(`does not know which permission this needs: ${service}`);
  });
});

describe('a permission', () => {
  const isAllowed = createAllowance([
    { actions: ['dynamodb:GetItem', 'dynamodb:Query'], resources: ['arn:table'] },
    { actions: ['s3:Put*'], resources: ['arn:bucket/results/*'] },
  ]);

  it.each([
    ['dynamodb:GetItem', 'arn:table', true],
    ['DynamoDB:getitem', 'arn:table', true],
    ['dynamodb:GetItem', 'arn:table/index/byId', false],
    ['dynamodb:BatchGetItem', 'arn:table', false],
    ['s3:PutObject', 'arn:bucket/results/a/b', true],
    ['s3:PutObject', 'arn:bucket/imports/a', false],
    ['dynamodb:Query', 'arn:bucket/results/a', false],
    ['s3:PutObject', 'arnXbucket/results/a', false],
  ])('for %s on %s: %s', (action, resource, allowed) => {
    expect(isAllowed(action, resource)).toBe(allowed);
  });
});
