import { GetObjectCommand, NoSuchKey, type S3Client } from '@aws-sdk/client-s3';

/** Where a mail lies, as it came. */
export interface MailReference {
  readonly bucket: string;
  readonly key: string;
}

/** Reads a mail; undefined when it is not there any more. */
export type MailReader = (mail: MailReference) => Promise<Buffer | undefined>;

/** What SES receives at most; of a larger object the rest is left where it is. */
const MAX_MAIL_BYTES = 40 * 1024 * 1024;

export const createMailReader =
  (client: S3Client): MailReader =>
  async ({ bucket, key }) => {
    try {
      const Range = `bytes=0-${MAX_MAIL_BYTES - 1}`;
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, Range }));
      return Body && Buffer.from(await Body.transformToByteArray());
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  };
