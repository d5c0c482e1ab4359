import { randomBytes } from 'node:crypto';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { clientConfig } from './identity.ts';

export interface StoredMail {
  readonly bucket: string;
  readonly key: string;
}

/** Receives a mail as SES's receipt rule does: one object of the bucket with the MIME as it came. */
export const createMailbox =
  (endpoint: string, bucketOf: () => string) =>
  async (raw: Uint8Array): Promise<StoredMail> => {
    const bucket = bucketOf();
    const key = randomBytes(20).toString('hex');
    const client = new S3Client(clientConfig(endpoint));
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: raw }));
    client.destroy();
    return { bucket, key };
  };
