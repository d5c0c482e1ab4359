import { createHash, createHmac } from 'node:crypto';
import { parse, stringify } from 'node:querystring';
import { isSameSecret } from '../same-secret.ts';

/** Decoded form parameters, name → values. */
export type TwilioParams = ReadonlyMap<string, readonly string[]>;

export function formParams(body: string): TwilioParams {
  const params = new URLSearchParams(body);
  return new Map([...new Set(params.keys())].map((name) => [name, params.getAll(name)]));
}

/** base64(HMAC-SHA1(auth token, URL + name and value of each parameter by name, repeated values once and sorted)). */
export function twilioSignature(authToken: string, url: string, params: TwilioParams): string {
  const parts = [...params.keys()]
    .sort()
    .flatMap((name) => [...new Set(params.get(name))].sort().map((value) => name + value));
  return createHmac('sha1', authToken)
    .update(url + parts.join(''))
    .digest('base64');
}

export interface SignedRequest {
  readonly url: string;
  readonly signature: string | undefined;
  readonly body: Buffer;
}

/**
 * True when Twilio signed this. A URL with `bodySHA256` signs the body (JSON) by its hash, else the form parameters
 * are signed. Twilio is not consistent about port and query encoding, so its SDK tries variants, and so do we.
 * Source: www.twilio.com/docs/usage/webhooks/webhooks-security, twilio-node `src/webhooks/webhooks.ts`.
 */
export function isSignedByTwilio(authToken: string | undefined, { url, signature, body }: SignedRequest): boolean {
  if (!authToken || !signature || !URL.canParse(url)) return false;
  const bodyHash = new URL(url).searchParams.get('bodySHA256');
  if (bodyHash !== null && !isSameSecret(createHash('sha256').update(body).digest('hex'), bodyHash)) return false;
  const params = bodyHash === null ? formParams(body.toString('utf8')) : new Map<string, string[]>();
  return variantsOf(url).some((variant) => isSameSecret(twilioSignature(authToken, variant, params), signature));
}

function variantsOf(url: string): string[] {
  const withoutPort = new URL(url);
  withoutPort.hash = '';
  const { port, protocol, host } = withoutPort;
  const standardPort = protocol === 'https:' ? '443' : '80';
  const withPort = port ? withoutPort.href : withoutPort.href.replace(host, `${host}:${standardPort}`);
  withoutPort.port = '';
  const variants = [url, withoutPort.href, withPort];
  return [...new Set([...variants, ...variants.map(withLegacyQuery)])];
}

function withLegacyQuery(url: string): string {
  const mark = url.indexOf('?');
  return mark === -1 ? url : `${url.slice(0, mark)}?${stringify(parse(url.slice(mark + 1)))}`;
}
