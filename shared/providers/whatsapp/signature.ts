import { createHmac } from 'node:crypto';
import { isSameSecret } from '../same-secret.ts';

/** hex(HMAC-SHA256(app secret, raw body)). */
export const metaSignature = (appSecret: string, body: Buffer): string =>
  createHmac('sha256', appSecret).update(body).digest('hex');

/** `header` is `X-Hub-Signature-256`: `sha256=<hex>`. */
export const isSignedByMeta = (appSecret: string | undefined, body: Buffer, header: string | undefined): boolean =>
  Boolean(appSecret) && isSameSecret(`sha256=${metaSignature(appSecret ?? '', body)}`, header);
