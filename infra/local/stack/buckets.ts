import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { clientConfig } from './identity.ts';
import type { Resources } from './resources.ts';

interface BucketProperties {
  readonly BucketName?: string;
  readonly NotificationConfiguration?: {
    readonly EventBridgeConfiguration?: { readonly EventBridgeEnabled?: boolean };
  };
}

export interface LocalBucket {
  readonly name: string;
  /** New objects are told to EventBridge. */
  readonly tells: boolean;
}

const KEPT = new Set(['BucketAlreadyOwnedByYou', 'BucketAlreadyExists']);

/** Creates the buckets that are not there yet. Throws for notifications to anything but EventBridge. */
export async function createBuckets(resources: Resources, endpoint: string): Promise<LocalBucket[]> {
  const client = new S3Client(clientConfig(endpoint));
  const declared = resources.ofType<BucketProperties>('AWS::S3::Bucket');
  const buckets = declared.map(({ logicalId, properties, created }): LocalBucket => {
    const { BucketName: name = logicalId.toLowerCase(), NotificationConfiguration = {} } = properties;
    const { EventBridgeConfiguration, ...others } = NotificationConfiguration;
    const [unknown] = Object.keys(others);
    if (unknown) throw new Error(`The local run does not know ${unknown} of bucket ${logicalId}.`);
    created({ ref: name, attributes: { Arn: `arn:aws:s3:::${name}` } });
    return { name, tells: EventBridgeConfiguration?.EventBridgeEnabled ?? EventBridgeConfiguration !== undefined };
  });
  for (const { name } of buckets) await createBucket(client, name);
  client.destroy();
  return buckets;
}

async function createBucket(client: S3Client, Bucket: string): Promise<void> {
  try {
    await client.send(new CreateBucketCommand({ Bucket }));
  } catch (error) {
    if (!(error instanceof Error && KEPT.has(error.name))) throw error;
  }
}
