import { type RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AnyPrincipal, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

const USES = [
  'kms:Encrypt',
  'kms:Decrypt',
  'kms:ReEncrypt*',
  'kms:GenerateDataKey*',
  'kms:DescribeKey',
  'kms:CreateGrant',
];

/**
 * A key of the account's own for what is stored. Who may use the table, a secret or a bucket may use the key through it
 * and in no other way, as with AWS's own keys: no role needs a statement for it. Source: KMS developer guide, "ViaService".
 */
export function createCustomerKey(scope: Construct, removalPolicy: RemovalPolicy): Key {
  const key = new Key(scope, 'Key', { description: 'What Overture stores.', enableKeyRotation: true, removalPolicy });
  const { account, region } = Stack.of(scope);
  key.addToResourcePolicy(
    new PolicyStatement({
      actions: USES,
      resources: ['*'],
      principals: [new AnyPrincipal()],
      conditions: {
        StringEquals: {
          'kms:CallerAccount': account,
          'kms:ViaService': ['dynamodb', 'secretsmanager', 's3'].map((service) => `${service}.${region}.amazonaws.com`),
        },
      },
    }),
  );
  key.addToResourcePolicy(
    new PolicyStatement({
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: ['*'],
      principals: [new ServicePrincipal('ses.amazonaws.com')],
      conditions: { StringEquals: { 'aws:SourceAccount': account } },
    }),
  );
  return key;
}
