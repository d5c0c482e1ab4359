import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import type { QueuedEvent } from '../../shared/providers/provider.ts';
import { oneAtATime } from '../../shared/runtime/one-at-a-time.ts';
import { type InboundMail, readMail } from './read-mail.ts';

/** Where a mail lies, as it came. */
export interface MailReference {
  readonly bucket: string;
  readonly key: string;
}

/** Reads a mail; undefined when it is not there any more. */
export type MailReader = (mail: MailReference) => Promise<InboundMail | undefined>;

/** What SES receives at most; of a larger object the rest is left where it is. */
const MAX_MAIL_BYTES = 40 * 1024 * 1024;
/** An object without a byte has no range. */
const NOTHING_THERE = new Set(['NoSuchKey', 'InvalidRange']);

/** Reads mails one after the other: ten large ones of a batch at once are more than a function's memory. */
export function createMailReader(client: S3Client): MailReader {
  const inTurn = oneAtATime();
  return (reference) =>
    inTurn(async () => {
      const raw = await getMail(client, reference);
      return raw && readMail(raw);
    });
}

async function getMail(client: S3Client, { bucket, key }: MailReference): Promise<Uint8Array | undefined> {
  try {
    const Range = `bytes=0-${MAX_MAIL_BYTES - 1}`;
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, Range }));
    return await Body?.transformToByteArray();
  } catch (error) {
    if (error instanceof Error && NOTHING_THERE.has(error.name)) return undefined;
    throw error;
  }
}

const StoredSchema = z.object({
  bucket: z.object({ name: z.string() }),
  object: z.object({ key: z.string() }),
});

/** The mail that an event of S3 tells of: SES stored it. Undefined for any other event. */
export function mailIn({ source, detailType, detail }: QueuedEvent): MailReference | undefined {
  if (source !== 'aws.s3' || detailType !== 'Object Created') return undefined;
  const stored = StoredSchema.safeParse(detail).data;
  return stored && { bucket: stored.bucket.name, key: stored.object.key };
}
