import { randomBytes } from 'node:crypto';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { LocalBucket } from './buckets.ts';
import type { BusEvent } from './event-bus.ts';
import { clientConfig } from './identity.ts';

export interface StoredMail {
  readonly bucket: string;
  readonly key: string;
}

export interface MailSurroundings {
  readonly endpoint: string;
  readonly buckets: readonly LocalBucket[];
  putEvent(event: BusEvent): Promise<string>;
}

/**
 * Receives a mail as SES's receipt rule does: one object with the MIME as it came, and S3's word about it on the bus.
 * Throws when the template has not exactly one bucket that tells of its objects.
 */
export const createMailbox =
  ({ endpoint, buckets, putEvent }: MailSurroundings) =>
  async (raw: Uint8Array): Promise<StoredMail> => {
    const [bucket, ...others] = buckets.filter(({ tells }) => tells);
    if (!bucket || others.length > 0)
      throw new Error(`The template has ${others.length + Number(!!bucket)} buckets for mail.`);
    const key = randomBytes(20).toString('hex');
    const client = new S3Client(clientConfig(endpoint));
    await client.send(new PutObjectCommand({ Bucket: bucket.name, Key: key, Body: raw }));
    client.destroy();
    await putEvent({
      source: 'aws.s3',
      'detail-type': 'Object Created',
      resources: [`arn:aws:s3:::${bucket.name}`],
      detail: {
        version: '0',
        bucket: { name: bucket.name },
        object: { key, size: raw.length },
        reason: 'PutObject',
      },
    });
    return { bucket: bucket.name, key };
  };
