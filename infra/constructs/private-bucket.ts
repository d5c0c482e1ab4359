import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

export interface PrivateBucketProps {
  readonly keptDays: number;
  /** Default: S3's own. */
  readonly key: Key | undefined;
  readonly removalPolicy: RemovalPolicy;
  readonly whyNoAccessLog: string;
}

/** A bucket that is private, by TLS only, and forgets. */
export function addPrivateBucket(scope: Construct, id: string, props: PrivateBucketProps): Bucket {
  const bucket = new Bucket(scope, id, {
    ...(props.key
      ? { encryption: BucketEncryption.KMS, encryptionKey: props.key, bucketKeyEnabled: true }
      : { encryption: BucketEncryption.S3_MANAGED }),
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    lifecycleRules: [
      { expiration: Duration.days(props.keptDays), abortIncompleteMultipartUploadAfter: Duration.days(1) },
    ],
    removalPolicy: props.removalPolicy,
  });
  acknowledge(bucket, 'AwsSolutions-S1', props.whyNoAccessLog);
  return bucket;
}

/** One that tells EventBridge of every new object, by the property that needs no custom resource. */
export function addEventBucket(scope: Construct, id: string, props: PrivateBucketProps): Bucket {
  const bucket = addPrivateBucket(scope, id, props);
  const { defaultChild } = bucket.node;
  (defaultChild as CfnBucket).notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
  return bucket;
}
