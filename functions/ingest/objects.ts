import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Import } from '../../shared/contracts/ingress.ts';

export interface Objects {
  /** The bytes from `offset` on, or `bytes` of them. Undefined: the object is not there any more, or another one is. */
  read(file: Import, offset: number, bytes?: number): Promise<AsyncIterable<Buffer> | undefined>;
  write(bucket: string, key: string, body: string, contentType: string): Promise<void>;
}

const GONE = new Set(['NoSuchKey', 'PreconditionFailed']);

export const createObjects = (client: S3Client): Objects => ({
  async read({ bucket, key, etag, size }, offset, bytes = size - offset) {
    if (offset >= size) return nothing();
    const Range = `bytes=${offset}-${Math.min(size, offset + bytes) - 1}`;
    try {
      const { Body } = await client.send(
        new GetObjectCommand({ Bucket: bucket, Key: key, IfMatch: `"${etag}"`, Range }),
      );
      return Body as AsyncIterable<Buffer> | undefined;
    } catch (error) {
      if (error instanceof Error && GONE.has(error.name)) return undefined;
      throw error;
    }
  },
  async write(Bucket, Key, Body, ContentType) {
    await client.send(new PutObjectCommand({ Bucket, Key, Body, ContentType }));
  },
});

async function* nothing(): AsyncGenerator<Buffer> {}
