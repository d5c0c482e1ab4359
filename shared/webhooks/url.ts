import { isIP } from 'node:net';
import { isLoopbackAddress, isPublicAddress } from './addresses.ts';

export interface WebhookAddress {
  /** Without user and password. */
  readonly url: string;
  /** What they come to as the header `Authorization`. */
  readonly authorization?: string;
}

const isLocal = (host: string): boolean => host === 'localhost' || (isIP(host) !== 0 && isLoopbackAddress(host));

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
};

/**
 * What an owner gave as a webhook's URL; or why it cannot be one: HTTPS to a public host, at home also to this machine.
 * What its name resolves to is judged at each request.
 */
export function parseWebhookUrl(
  given: string,
  { loopback }: { loopback: boolean },
): WebhookAddress | { wrong: string } {
  const url = URL.parse(given);
  if (!url) return { wrong: 'is not a URL' };
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const isAtHome = loopback && isLocal(host);
  if (url.protocol !== 'https:' && !(isAtHome && url.protocol === 'http:'))
    return { wrong: 'must begin with https://' };
  if (isIP(host) !== 0 && !isAtHome && !isPublicAddress(host)) return { wrong: 'must lead to a public address' };
  const credentials = decoded(`${url.username}:${url.password}`);
  if (credentials === undefined) return { wrong: 'has a user or password that is not valid percent-encoding' };
  const authorization = credentials === ':' ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`;
  url.username = '';
  url.password = '';
  url.hash = '';
  return { url: url.href, ...(authorization && { authorization }) };
}
