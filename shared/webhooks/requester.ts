import { type LookupAddress, lookup as resolve } from 'node:dns';
import http, { type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isLoopbackAddress, isPublicAddress } from './addresses.ts';

export type RequestResult =
  | {
      readonly kind: 'answer';
      readonly status: number;
      /** Undefined when it is longer than is taken. */
      readonly body: string | undefined;
      /** Of the header, in milliseconds. */
      readonly retryAfterMs?: number;
    }
  | { readonly kind: 'failure'; readonly code: 'forbidden_address' | 'timeout' | 'unreachable' };

export interface Requester {
  /** One attempt, which never throws and never follows a redirect. `timeoutMs` covers the answer's body too. */
  send(
    method: 'GET' | 'POST',
    url: string,
    options: { headers: Readonly<Record<string, string>>; body?: string; timeoutMs: number },
  ): Promise<RequestResult>;
}

export interface RequesterOptions {
  /** Only at home: addresses of this machine are allowed, by plain HTTP too. */
  readonly loopback: boolean;
  /** As `dns.lookup`. */
  readonly lookup?: typeof resolve;
}

const MAX_BYTES = 256 * 1024;

class ForbiddenAddressError extends Error {}

/** What is asked for by somebody else's URL: nothing but public addresses is reached, whatever a name resolves to. */
export function createRequester({ loopback, lookup = resolve }: RequesterOptions): Requester {
  const isAllowed = (address: string, isPlain: boolean): boolean =>
    (loopback && isLoopbackAddress(address)) || (!isPlain && isPublicAddress(address));

  /** The connection is made to an address that was judged here: the name is not resolved a second time. */
  const guarded =
    (isPlain: boolean): LookupFunction =>
    (hostname, options, callback) => {
      lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
        if (error) return callback(error, '');
        const [first] = addresses;
        if (!first || !addresses.every(({ address }) => isAllowed(address, isPlain))) {
          return callback(new ForbiddenAddressError(), '');
        }
        return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
      });
    };

  return {
    async send(method, url, { headers, body, timeoutMs }) {
      try {
        const target = new URL(url);
        const isPlain = target.protocol === 'http:';
        const host = target.hostname.replace(/^\[(.*)\]$/, '$1');
        if (isIP(host) !== 0 && !isAllowed(host, isPlain)) throw new ForbiddenAddressError();
        const options: RequestOptions = {
          method,
          hostname: host,
          port: target.port,
          path: `${target.pathname}${target.search}`,
          headers: { ...headers, ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }) },
          agent: false,
          lookup: guarded(isPlain),
          signal: AbortSignal.timeout(timeoutMs),
        };
        return await exchange(isPlain ? http : https, options, body);
      } catch (error) {
        return { kind: 'failure', code: codeOf(error) };
      }
    },
  };
}

const codeOf = (error: unknown) => {
  if (error instanceof ForbiddenAddressError) return 'forbidden_address' as const;
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError')
    ? ('timeout' as const)
    : ('unreachable' as const);
};

function exchange(by: typeof http | typeof https, options: RequestOptions, body?: string): Promise<RequestResult> {
  return new Promise((resolvePromise, reject) => {
    const request = by.request(options, (response) => {
      readUpTo(MAX_BYTES, response).then((text) => resolvePromise(answerOf(response, text)), reject);
    });
    request.once('error', reject);
    request.end(body);
  });
}

async function readUpTo(maxBytes: number, response: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxBytes) return undefined;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function answerOf({ statusCode = 0, headers }: IncomingMessage, body: string | undefined): RequestResult {
  const asked = headers['retry-after'];
  const retryAfterMs = asked === undefined ? Number.NaN : retryAfter(asked);
  return { kind: 'answer', status: statusCode, body, ...(Number.isFinite(retryAfterMs) && { retryAfterMs }) };
}

/** RFC 9110 10.2.3: seconds, or a date. */
const retryAfter = (header: string): number =>
  /^\d+$/.test(header) ? Number(header) * 1000 : Math.max(0, Date.parse(header) - Date.now());
