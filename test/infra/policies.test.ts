import { describe, expect, it } from 'vitest';
import { grantsIn, toArray, trustedBy } from './grants.ts';
import { ofType, type Resource, readable, synthesize } from './synthesize.ts';

const SENDER = 'GetItem Query PutItem UpdateItem ConditionCheckItem BatchWriteItem';
const WRITER = `${SENDER} BatchGetItem`;
const CONSUME = 'ReceiveMessage DeleteMessage ChangeMessageVisibility GetQueueAttributes GetQueueUrl';
const LOG = 'CreateLogStream PutLogEvents';
const TRACE = 'PutTraceSegments PutTelemetryRecords';

/** All that any function, any schedule and the archive of logs may do: who, service, actions, resource. What is not here, must not be granted. */
const ALLOWED = `
api       dynamodb        ${WRITER} DeleteItem                          Table
api       dynamodb        Query                                         Table/index/byId
api       dynamodb        Query                                         Table/index/byOrganization
api       sqs             SendMessage                                   WorkerQueue
api       sqs             SendMessage                                   SweeperQueue
api       secretsmanager  GetSecretValue                                TokenKey
api       secretsmanager  GetSecretValue                                Pepper
api       logs            ${LOG}                                        ApiLogs
api       xray            ${TRACE}                                      *

admin     dynamodb        ${WRITER} DeleteItem                          Table
admin     dynamodb        Query                                         Table/index/byId
admin     dynamodb        Query                                         Table/index/byOrganization
admin     sqs             SendMessage                                   PublisherQueue
admin     secretsmanager  GetSecretValue                                TokenKey
admin     secretsmanager  GetSecretValue                                Pepper
admin     secretsmanager  GetSecretValue                                secretsmanager:secret:overture/prod/whatsapp/*
admin     logs            ${LOG}                                        AdminLogs
admin     xray            ${TRACE}                                      *

bulk      dynamodb        ${WRITER}                                     Table
bulk      sqs             SendMessage                                   WorkerQueue
bulk      secretsmanager  GetSecretValue                                TokenKey
bulk      secretsmanager  GetSecretValue                                Pepper
bulk      logs            ${LOG}                                        BulkLogs
bulk      xray            ${TRACE}                                      *

worker    dynamodb        ${WRITER}                                     Table
worker    sqs             SendMessage                                   WorkerQueue
worker    sqs             SendMessage                                   EmailQueue
worker    sqs             SendMessage                                   SmsQueue
worker    sqs             SendMessage                                   WhatsAppQueue
worker    sqs             ${CONSUME}                                    WorkerQueue
worker    scheduler       CreateSchedule                                scheduler:schedule/overture-prod/*
worker    iam             PassRole                                      SchedulesRole
worker    logs            ${LOG}                                        WorkerLogs
worker    xray            ${TRACE}                                      *

email     dynamodb        ${SENDER}                                     Table
email     sqs             SendMessage                                   WorkerQueue
email     sqs             ${CONSUME}                                    EmailQueue
email     secretsmanager  GetSecretValue                                Pepper
email     ses             SendRawEmail                                  ses:identity/*
email     ses             SendRawEmail                                  ses:configuration-set/*
email     logs            ${LOG}                                        EmailLogs
email     xray            ${TRACE}                                      *

sms       dynamodb        ${SENDER}                                     Table
sms       sqs             SendMessage                                   WorkerQueue
sms       sqs             ${CONSUME}                                    SmsQueue
sms       secretsmanager  GetSecretValue                                Pepper
sms       secretsmanager  GetSecretValue                                secretsmanager:secret:overture/prod/sms/*
sms       sms-voice       SendTextMessage                               sms-voice:phone-number/*
sms       sms-voice       SendTextMessage                               sms-voice:pool/*
sms       sms-voice       SendTextMessage                               sms-voice:sender-id/*
sms       sms-voice       SendTextMessage                               sms-voice:configuration-set/*
sms       logs            ${LOG}                                        SmsLogs
sms       xray            ${TRACE}                                      *

whatsapp  dynamodb        ${SENDER}                                     Table
whatsapp  sqs             SendMessage                                   WorkerQueue
whatsapp  sqs             ${CONSUME}                                    WhatsAppQueue
whatsapp  secretsmanager  GetSecretValue                                Pepper
whatsapp  secretsmanager  GetSecretValue                                secretsmanager:secret:overture/prod/whatsapp/*
whatsapp  secretsmanager  GetSecretValue                                secretsmanager:secret:overture/prod/sms/*
whatsapp  social-messaging  SendWhatsAppMessage                         social-messaging:phone-number-id/*
whatsapp  logs            ${LOG}                                        WhatsAppLogs
whatsapp  xray            ${TRACE}                                      *

hooks     dynamodb        ${WRITER} DeleteItem                          Table
hooks     dynamodb        Query                                         Table/index/byId
hooks     dynamodb        Query                                         Table/index/byOrganization
hooks     sqs             SendMessage                                   WorkerQueue
hooks     sqs             ${CONSUME}                                    HooksQueue
hooks     s3              ListBucket                                    Mail
hooks     s3              GetObject                                     Mail/*
hooks     secretsmanager  GetSecretValue                                Pepper
hooks     secretsmanager  GetSecretValue                                secretsmanager:secret:overture/prod/sms/*
hooks     secretsmanager  GetSecretValue                                secretsmanager:secret:overture/prod/whatsapp/*
hooks     logs            ${LOG}                                        HooksLogs
hooks     xray            ${TRACE}                                      *

sweeper   dynamodb        BatchGetItem GetItem Query BatchWriteItem     Table
sweeper   dynamodb        ListStreams DescribeStream GetRecords GetShardIterator  Table.StreamArn
sweeper   sqs             SendMessage                                   WorkerQueue
sweeper   sqs             SendMessage                                   SweeperQueue
sweeper   sqs             ${CONSUME}                                    SweeperQueue
sweeper   sqs             SendMessage GetQueueAttributes GetQueueUrl    SweeperDeadLetters
sweeper   logs            ${LOG}                                        SweeperLogs
sweeper   xray            ${TRACE}                                      *

publisher dynamodb        ${WRITER} DeleteItem                          Table
publisher dynamodb        Query                                         Table/index/byId
publisher dynamodb        Query                                         Table/index/byOrganization
publisher dynamodb        ListStreams DescribeStream GetRecords GetShardIterator  Table.StreamArn
publisher sqs             SendMessage                                   WorkerQueue
publisher sqs             SendMessage                                   PublisherQueue
publisher sqs             ${CONSUME}                                    PublisherQueue
publisher sqs             SendMessage GetQueueAttributes GetQueueUrl    PublisherDeadLetters
publisher events          PutEvents                                     Bus
publisher secretsmanager  GetSecretValue                                TokenKey
publisher secretsmanager  GetSecretValue                                Pepper
publisher logs            ${LOG}                                        PublisherLogs
publisher xray            ${TRACE}                                      *

ingest    dynamodb        ${WRITER}                                     Table
ingest    sqs             SendMessage                                   WorkerQueue
ingest    sqs             SendMessage                                   IngestQueue
ingest    sqs             ${CONSUME}                                    IngestQueue
ingest    s3              ListBucket                                    Imports
ingest    s3              GetObject                                     Imports/imports/*
ingest    s3              PutObject                                     Imports/results/*
ingest    events          PutEvents                                     Bus
ingest    secretsmanager  GetSecretValue                                Pepper
ingest    logs            ${LOG}                                        IngestLogs
ingest    xray            ${TRACE}                                      *

schedules sqs             SendMessage                                   WorkerQueue
schedules sqs             SendMessage                                   WorkerDeadLetters

firehose  s3              GetBucketLocation ListBucket ListBucketMultipartUploads  LogsBucket
firehose  s3              PutObject AbortMultipartUpload                LogsBucket/*
firehose  logs            PutLogEvents                                  LogsFaults
logs      firehose        PutRecord PutRecordBatch                      LogsStream
`;

const allowed = ALLOWED.trim()
  .split(/\n+/)
  .flatMap((row) => {
    const [name, service, ...rest] = row.split(/\s+/);
    const resource = rest.pop();
    return rest.map((action) => `${name} ${service}:${action} ${resource}`);
  });

const prod = synthesize('prod');
const { data, service } = prod;
const { granted, nameByRole } = grantsIn(prod);
const policies = ofType(service, 'AWS::IAM::Policy').map(([, policy]) => policy);
const scheduleRole = ofType(service, 'AWS::IAM::Role').filter(
  ([, role]) => trustedBy(role) === 'scheduler.amazonaws.com',
);

describe('what functions may do', () => {
  it('is exactly what the table above allows', () => {
    expect([...new Set(granted)].sort()).toEqual([...new Set(allowed)].sort());
  });

  it('comes from a role of each function’s own, one for schedules and two for the archive, and from nowhere else', () => {
    const roles = [service, data].flatMap((stack) => ofType(stack, 'AWS::IAM::Role'));
    expect(roles.map(([id]) => id).sort()).toEqual([...nameByRole.keys()].sort());
    expect(nameByRole.size).toBe(14);
    for (const [id, role] of roles) {
      expect(role.Properties.ManagedPolicyArns, id).toBeUndefined();
      expect(role.Properties.Policies, id).toBeUndefined();
    }
    for (const stack of [service, data]) stack.resourceCountIs('AWS::IAM::ManagedPolicy', 0);
  });

  it('lets Scheduler alone take the role for schedules, for this account alone', () => {
    const [[, role]] = scheduleRole as [[string, Resource]];
    expect(role.Properties.AssumeRolePolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: 'scheduler.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      },
    ]);
  });

  it('lets the worker hand that role to Scheduler and to no other service', () => {
    const statements = policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
    const passing = statements.filter(({ Action }: Resource) => toArray(Action).includes('iam:PassRole'));
    expect(passing.map(({ Condition }: Resource) => Condition)).toEqual([
      { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
    ]);
  });

  it('lets email alone call SES', () => {
    const callers = granted
      .filter((grant) => / (ses|mobiletargeting|sesv2):/.test(grant))
      .map((grant) => grant.split(' ')[0]);
    expect(new Set(callers)).toEqual(new Set(['email']));
  });

  it.each([
    ['sms', 'sms-voice'],
    ['whatsapp', 'social-messaging'],
  ])('lets %s alone call %s', (name, prefix) => {
    const callers = granted.filter((grant) => grant.includes(` ${prefix}:`)).map((grant) => grant.split(' ')[0]);
    expect(new Set(callers)).toEqual(new Set([name]));
  });

  it('opens the functions to API Gateway only, and to this API', () => {
    const permissions = ofType(service, 'AWS::Lambda::Permission').map(([, { Properties }]) => Properties);
    expect(permissions).toHaveLength(18);
    for (const { Principal, SourceArn } of permissions) {
      expect(Principal).toBe('apigateway.amazonaws.com');
      expect(readable(SourceArn, data)).toMatch(/^execute-api:HttpApi\/\*\/\*/);
    }
  });
});
