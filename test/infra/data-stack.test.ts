import { Stack } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { createApp } from '../../infra/app.ts';
import { ofType, only, type Resource, synthesize } from './synthesize.ts';

const { data: prod } = synthesize('prod');
const { data: dev } = synthesize('dev');

/** Hold nothing: who deploys again has them again. */
const REMADE = new Set([
  'AWS::S3::BucketPolicy',
  'AWS::IAM::Role',
  'AWS::IAM::Policy',
  'AWS::KinesisFirehose::DeliveryStream',
]);

describe('the data stack', () => {
  it('holds its logical ids: another id is another, empty table or another pepper', () => {
    const ids = Object.fromEntries(
      Object.entries<Resource>(prod.toJSON().Resources).map(([id, { Type }]) => [id, Type]),
    );
    expect(ids).toEqual({
      TableCD117FA1: 'AWS::DynamoDB::GlobalTable',
      Mail6A3D1F64: 'AWS::S3::Bucket',
      MailPolicyBB7619B4: 'AWS::S3::BucketPolicy',
      ImportsC5EA4F6F: 'AWS::S3::Bucket',
      ImportsPolicy1C9EEA60: 'AWS::S3::BucketPolicy',
      LogsBucket5C52C3D2: 'AWS::S3::Bucket',
      LogsBucketPolicyE3811129: 'AWS::S3::BucketPolicy',
      LogsFaultsA21CFE0E: 'AWS::Logs::LogGroup',
      LogsFault581AD4DC: 'AWS::Logs::LogStream',
      LogsStream25DE3DFF: 'AWS::KinesisFirehose::DeliveryStream',
      LogsWriter07303BC9: 'AWS::IAM::Role',
      LogsWriterDefaultPolicy71458C94: 'AWS::IAM::Policy',
      LogsTeller9BB33916: 'AWS::IAM::Role',
      LogsTellerDefaultPolicyC176C401: 'AWS::IAM::Policy',
      TokenKeyD1D1A236: 'AWS::SecretsManager::Secret',
      Pepper2B9638F2: 'AWS::SecretsManager::Secret',
    });
  });

  it('has the keys, indexes, stream and expiry that the store counts on', () => {
    prod.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
        { AttributeName: 'id', AttributeType: 'S' },
        { AttributeName: 'org', AttributeType: 'S' },
        { AttributeName: 'createdAt', AttributeType: 'N' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byId',
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
        {
          IndexName: 'byOrganization',
          KeySchema: [
            { AttributeName: 'org', KeyType: 'HASH' },
            { AttributeName: 'createdAt', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    });
  });

  it('can be restored to any second, in every stage', () => {
    for (const template of [prod, dev]) {
      const table = only(template, 'AWS::DynamoDB::GlobalTable');
      expect(table.Properties.Replicas[0].PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled).toBe(true);
    }
  });

  it('outlives its stack in prod and not in dev, but for the pepper, which always does', () => {
    const policies = (template: typeof prod) =>
      Object.values<Resource>(template.toJSON().Resources)
        .filter(({ Type }) => !REMADE.has(Type))
        .map(({ DeletionPolicy, UpdateReplacePolicy }) => `${DeletionPolicy} ${UpdateReplacePolicy}`);
    expect(policies(prod)).toEqual(Array.from({ length: 8 }, () => 'Retain Retain'));
    expect(policies(dev)).toEqual([...Array.from({ length: 4 }, () => 'Delete Delete'), 'Retain Retain']);
  });

  it('refuses the deletion of the table and of either stack in prod, and allows it in dev', () => {
    for (const [stage, template] of [
      ['prod', prod],
      ['dev', dev],
    ] as const) {
      const isProtected = stage === 'prod';
      const table = only(template, 'AWS::DynamoDB::GlobalTable');
      expect(table.Properties.Replicas[0].DeletionProtectionEnabled).toBe(isProtected);
      const stacks = createApp({ context: { stage, 'aws:cdk:bundling-stacks': [] } }).node.children.filter((child) =>
        Stack.isStack(child),
      );
      expect(stacks.map(({ terminationProtection }) => terminationProtection)).toEqual([isProtected, isProtected]);
    }
  });

  it('generates both secrets, 64 characters long', () => {
    for (const [, secret] of ofType(prod, 'AWS::SecretsManager::Secret')) {
      expect(secret.Properties.GenerateSecretString.PasswordLength).toBe(64);
      expect(secret.Properties.SecretString).toBeUndefined();
    }
  });
});
