import { describe, expect, it } from 'vitest';
import { ofType, pathOf, type Resource, readable, synthesize } from './synthesize.ts';

const { data, service } = synthesize('prod');
const buckets = ofType(data, 'AWS::S3::Bucket').map(([id, { Properties }]) => [pathOf(id), Properties] as const);
const policies = ofType(data, 'AWS::S3::BucketPolicy').map(([, { Properties }]) => Properties);

describe('a bucket', () => {
  it('is there for mails, for uploads and for logs', () => {
    expect(buckets.map(([name]) => name).sort()).toEqual(['Imports', 'LogsBucket', 'Mail']);
  });

  it('is private, encrypted and reached by TLS only', () => {
    for (const [name, bucket] of buckets) {
      expect(bucket.PublicAccessBlockConfiguration, name).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
      expect(bucket.BucketEncryption.ServerSideEncryptionConfiguration, name).toHaveLength(1);
      const policy = policies.find(({ Bucket }) => readable(Bucket, data) === name);
      expect(policy?.PolicyDocument.Statement, name).toEqual([
        expect.objectContaining({
          Effect: 'Deny',
          Action: 's3:*',
          Principal: { AWS: '*' },
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        }),
      ]);
    }
  });

  it.each([
    ['Mail', 'Hooks'],
    ['Imports', 'Ingest'],
  ])('for %s forgets after a month, which is longer than a DLQ keeps what tells of its objects', (name, reader) => {
    const rules: Resource[] = buckets.find(([known]) => known === name)?.[1].LifecycleConfiguration.Rules ?? [];
    expect(rules).toEqual([expect.objectContaining({ Status: 'Enabled', ExpirationInDays: 30 })]);
    const { MessageRetentionPeriod } =
      ofType(service, 'AWS::SQS::Queue').find(([id]) => pathOf(id) === `${reader}DeadLetters`)?.[1].Properties ?? {};
    expect(rules[0]?.ExpirationInDays * 86_400).toBeGreaterThan(MessageRetentionPeriod);
  });

  it('for mails or uploads tells EventBridge of new objects, and nobody else', () => {
    const told = new Map(buckets.map(([name, { NotificationConfiguration }]) => [name, NotificationConfiguration]));
    const byEventBridge = { EventBridgeConfiguration: { EventBridgeEnabled: true } };
    expect(told).toEqual(
      new Map([...told.keys()].map((name) => [name, name === 'LogsBucket' ? undefined : byEventBridge])),
    );
  });
});
