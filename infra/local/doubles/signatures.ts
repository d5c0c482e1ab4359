import { createHmac } from 'node:crypto';

/** Form fields as they travel; a name may hold several values. */
export type FormFields = Readonly<Record<string, string | readonly string[]>>;

/**
 * `X-Twilio-Signature`: base64 HMAC-SHA1 over the URL, then name and value of each field by byte order of the name,
 * without separators. The URL is signed without its fragment.
 */
export function signTwilio(authToken: string, url: string, fields: FormFields): string {
  const names = Object.keys(fields).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const signed = names.map((name) => valuesOf(fields[name]).map((value) => name + value));
  return createHmac('sha1', authToken)
    .update([withoutFragment(url), ...signed.flat()].join(''))
    .digest('base64');
}

/** `X-Hub-Signature-256` over the bytes that travel. */
export const signMeta = (appSecret: string, body: Buffer): string =>
  `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`;

export const withoutFragment = (url: string): string => url.split('#', 1)[0] ?? url;

const valuesOf = (value: FormFields[string] | undefined): string[] =>
  typeof value === 'string' ? [value] : [...new Set(value)].sort();
