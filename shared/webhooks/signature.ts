import { createHmac } from 'node:crypto';

const hex = (algorithm: 'sha1' | 'sha256', secret: string, body: string): string =>
  createHmac(algorithm, secret).update(body).digest('hex');

/** Headers by which a receiver knows that a body is ours: SHA-1 as the reference signs, and SHA-256. */
export const signatureHeaders = (secret: string, body: string): Record<string, string> => ({
  'x-hub-signature': `sha1=${hex('sha1', secret, body)}`,
  'x-hub-signature-256': `sha256=${hex('sha256', secret, body)}`,
});
