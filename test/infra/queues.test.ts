import { describe, expect, it } from 'vitest';
import { QUEUES, STAGES, type Stage } from '../../infra/stages.ts';
import { alarmsOn, ofType, pathOf, type Resource, readable, synthesize } from './synthesize.ts';

const prod = synthesize('prod');
const { data, service } = prod;
const queues = ofType(service, 'AWS::SQS::Queue');
const mainQueues = queues.filter(([, { Properties }]) => Properties.RedrivePolicy);
const mappings = ofType(service, 'AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => Properties);

describe('a queue', () => {
  it('exists for ticks, for each touchpoint, for receipts, for the sweeper, for webhooks and for what comes in', () => {
    expect(mainQueues.map(([id]) => pathOf(id)).sort()).toEqual(
      [
        'EmailQueue',
        'HooksQueue',
        'IngestQueue',
        'PublisherQueue',
        'SmsQueue',
        'SweeperQueue',
        'WhatsAppQueue',
        'WorkerQueue',
      ].sort(),
    );
    expect(mainQueues).toHaveLength(QUEUES.length);
  });

  it('has a DLQ of its own, which keeps messages 14 days, longer than the queue does', () => {
    const targets = mainQueues.map(
      ([, { Properties }]) => Properties.RedrivePolicy.deadLetterTargetArn['Fn::GetAtt'][0],
    );
    expect(new Set(targets).size).toBe(mainQueues.length);
    expect(queues).toHaveLength(2 * mainQueues.length);
    for (const [id, queue] of mainQueues) {
      const target = queue.Properties.RedrivePolicy.deadLetterTargetArn['Fn::GetAtt'][0];
      const deadLetters = queues.find(([other]) => other === target)?.[1].Properties;
      expect(deadLetters.MessageRetentionPeriod, id).toBe(14 * 86_400);
      expect(queue.Properties.MessageRetentionPeriod, id).toBeLessThan(deadLetters.MessageRetentionPeriod);
      expect(queue.Properties.RedrivePolicy.maxReceiveCount, id).toBe(6);
    }
  });

  it('has an alarm for the first message in its DLQ', () => {
    for (const [, queue] of mainQueues) {
      const target = queue.Properties.RedrivePolicy.deadLetterTargetArn['Fn::GetAtt'][0];
      const [alarm, ...others] = alarmsOn(service, 'ApproximateNumberOfMessagesVisible', target);
      expect(others).toEqual([]);
      expect(alarm).toMatchObject({ Threshold: 0, ComparisonOperator: 'GreaterThanThreshold', EvaluationPeriods: 1 });
    }
  });

  it('is encrypted and refuses plain HTTP', () => {
    for (const [id, { Properties }] of queues) {
      expect(Properties.SqsManagedSseEnabled, id).toBe(true);
      const [first] = statementsOn(id).filter(({ Effect }) => Effect === 'Deny');
      expect(first, id).toMatchObject({
        Action: 'sqs:*',
        Principal: { AWS: '*' },
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      });
    }
  });

  it('takes from another service only what comes by the rules and the topic of this template', () => {
    const senders = (id: string) =>
      statementsOn(id)
        .filter(({ Effect }) => Effect === 'Allow')
        .map(({ Action, Principal, Condition }) => {
          const [[condition, of]] = Object.entries<Resource>(Condition) as [[string, Resource]];
          return `${Principal.Service} ${Action} ${condition} ${readable(of['aws:SourceArn'], data)}`;
        });
    const rules = ['Ses', 'Sms', 'Social', 'Mail'].map(
      (name) => `events.amazonaws.com sqs:SendMessage ArnEquals Receipts${name}`,
    );
    const ingress = ['Starts', 'Uploads'].map(
      (name) => `events.amazonaws.com sqs:SendMessage ArnEquals Ingress${name}`,
    );
    const open = queues.filter(([id]) => senders(id).length > 0);
    expect(Object.fromEntries(open.map(([id]) => [pathOf(id), senders(id)]))).toEqual({
      HooksQueue: [...rules, 'sns.amazonaws.com sqs:SendMessage ArnEquals ReceiptsTopic'],
      HooksDeadLetters: rules,
      IngestQueue: ingress,
      IngestDeadLetters: ingress,
    });
  });

  it.each(STAGES.filter((stage) => stage !== 'local'))('hides messages for six times the timeout in %s', (stage) => {
    for (const { timeout, visibility, name } of consumers(stage))
      expect(visibility, name).toBeGreaterThanOrEqual(6 * timeout);
  });

  it('hides messages at home for at least the timeout, which Lambda demands', () => {
    for (const { timeout, visibility, name } of consumers('local'))
      expect(visibility, name).toBeGreaterThanOrEqual(timeout);
  });

  it('is emptied in batches of ten, with partial failures and its stage’s concurrency', () => {
    const sources = mappings.filter(({ StartingPosition }) => !StartingPosition);
    expect(
      sources.map((source) => [readable(source.EventSourceArn, data), source.ScalingConfig.MaximumConcurrency]),
    ).toEqual([
      ['WorkerQueue', 50],
      ['EmailQueue', 10],
      ['SmsQueue', 10],
      ['WhatsAppQueue', 10],
      ['HooksQueue', 10],
      ['SweeperQueue', 2],
      ['PublisherQueue', 10],
      ['IngestQueue', 10],
    ]);
    for (const source of sources) {
      expect(source).toMatchObject({ BatchSize: 10, FunctionResponseTypes: ['ReportBatchItemFailures'] });
    }
  });

  it('of a touchpoint, of receipts or of what comes in has an alarm on the age of its oldest message; those with delayed copies have none', () => {
    const withAge = mainQueues.filter(([id]) => alarmsOn(service, 'ApproximateAgeOfOldestMessage', id).length === 1);
    expect(withAge.map(([id]) => pathOf(id)).sort()).toEqual([
      'EmailQueue',
      'HooksQueue',
      'IngestQueue',
      'SmsQueue',
      'WhatsAppQueue',
    ]);
  });
});

/** The statements of a queue's policy. */
function statementsOn(queue: string): Resource[] {
  const policies = ofType(service, 'AWS::SQS::QueuePolicy').map(([, { Properties }]) => Properties);
  const own = policies.filter(({ Queues }) => Queues[0].Ref === queue);
  expect(own.every(({ Queues }) => Queues.length === 1)).toBe(true);
  return own.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

function consumers(stage: Stage) {
  const template = synthesize(stage).service;
  const resources = template.toJSON().Resources;
  return ofType(template, 'AWS::Lambda::EventSourceMapping')
    .map(([, { Properties }]) => Properties)
    .filter(({ StartingPosition }) => !StartingPosition)
    .map(({ EventSourceArn, FunctionName }) => ({
      name: pathOf(FunctionName.Ref),
      timeout: resources[FunctionName.Ref].Properties.Timeout,
      visibility: resources[EventSourceArn['Fn::GetAtt'][0]].Properties.VisibilityTimeout,
    }));
}

describe('the table stream', () => {
  const streams = mappings.filter(({ StartingPosition }) => StartingPosition);
  const streamOf = (name: string) => streams.find(({ FunctionName }) => readable(FunctionName, data) === name);
  const changesFor = (name: string) =>
    streamOf(name)?.FilterCriteria.Filters.map(({ Pattern }: Resource) => JSON.parse(Pattern));

  it('has two readers, which is as many as DynamoDB lets read without being slowed', () => {
    expect(streams.map(({ FunctionName }) => readable(FunctionName, data))).toEqual([
      'SweeperFunction',
      'PublisherFunction',
    ]);
  });

  it.each([
    ['Sweeper', 5],
    ['Publisher', 1],
  ])('is read by the %s, which gives up on nothing silently', (name, window) => {
    const stream = streamOf(`${name}Function`);
    expect(readable(stream?.EventSourceArn, data)).toBe('Table.StreamArn');
    expect(stream).toMatchObject({
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: window,
      BisectBatchOnFunctionError: true,
      MaximumRecordAgeInSeconds: 6 * 3_600,
    });
    expect(stream?.MaximumRetryAttempts).toBeGreaterThan(0);
    expect(readable(stream?.DestinationConfig.OnFailure.Destination, data)).toBe(`${name}DeadLetters`);
    const [alarm] = alarmsOn(service, 'IteratorAge', `${name}Function`);
    expect(alarm).toMatchObject({ Threshold: 300_000 });
  });

  it('brings the sweeper new messages only', () => {
    expect(changesFor('SweeperFunction')).toEqual([
      { eventName: ['INSERT'], dynamodb: { Keys: { sk: { S: [{ prefix: 'M#' }] } } } },
    ]);
  });

  it('brings the publisher what anybody outside may see: conversations, messages but for claims, configuration', () => {
    expect(changesFor('PublisherFunction')).toEqual([
      { dynamodb: { Keys: { pk: { S: [{ prefix: 'C#' }] }, sk: { S: ['@'] } } } },
      { eventName: ['INSERT'], dynamodb: { Keys: { sk: { S: [{ prefix: 'M#' }] } } } },
      {
        eventName: ['MODIFY'],
        dynamodb: {
          Keys: { sk: { S: [{ prefix: 'M#' }] } },
          NewImage: { state: { S: ['pending', 'unknown', 'sent', 'failed', 'done', 'canceled', 'moved'] } },
        },
      },
      { dynamodb: { Keys: { pk: { S: [{ prefix: 'O#' }, { prefix: 'U#' }, { prefix: 'E#' }] } } } },
    ]);
  });
});
