import { type NetworkFailure, networkFailure, notSent } from './network-failure.ts';
import { parseJson } from './parse-json.ts';

export interface HttpAnswer {
  readonly kind: 'answer';
  readonly status: number;
  /** The body as JSON; undefined when it is none, or longer than `maxBytes`. */
  readonly body: unknown;
  readonly retryAfterMs?: number;
}

export type HttpResult = HttpAnswer | ({ readonly kind: 'failure' } & NetworkFailure);

interface HttpOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly maxBytes?: number;
}

/** Exactly one attempt each; never throws, never follows a redirect. `timeoutMs` covers the answer's body too. */
export interface Http {
  postForm(url: string, form: Readonly<Record<string, string>>, options: HttpOptions): Promise<HttpResult>;
  postJson(url: string, body: unknown, options: HttpOptions): Promise<HttpResult>;
  patchJson(url: string, body: unknown, options: HttpOptions): Promise<HttpResult>;
  get(url: string, options: HttpOptions): Promise<HttpResult>;
  delete(url: string, options: HttpOptions): Promise<HttpResult>;
}

export interface HttpDeps {
  readonly fetch?: typeof globalThis.fetch;
  readonly now?: () => number;
}

const MAX_BYTES = 256 * 1024;

export function createHttp({ fetch = globalThis.fetch, now = Date.now }: HttpDeps = {}): Http {
  async function call(method: string, url: string, options: HttpOptions, type?: string, write?: () => string) {
    let request: Parameters<typeof globalThis.fetch>;
    try {
      request = [new URL(url), { ...initOf(method, options, type), body: write?.() }];
    } catch (error) {
      return { kind: 'failure', ...notSent(error) } as const;
    }
    try {
      const response = await fetch(...request);
      const text = await readUpTo(options.maxBytes ?? MAX_BYTES, response);
      const retryAfterMs = retryAfter(response.headers.get('retry-after'), now());
      const answer = { kind: 'answer', status: response.status, body: parseJson(text) } as const;
      return retryAfterMs === undefined ? answer : { ...answer, retryAfterMs };
    } catch (error) {
      return { kind: 'failure', ...networkFailure(error) } as const;
    }
  }

  return {
    postForm: (url, form, options) =>
      call('POST', url, options, 'application/x-www-form-urlencoded', () => new URLSearchParams(form).toString()),
    postJson: (url, body, options) => call('POST', url, options, 'application/json', () => JSON.stringify(body)),
    patchJson: (url, body, options) => call('PATCH', url, options, 'application/json', () => JSON.stringify(body)),
    get: (url, options) => call('GET', url, options),
    delete: (url, options) => call('DELETE', url, options),
  };
}

/** A connection of its own for each request: one that idled while Lambda was frozen may be dead, and a send that dies on it is ambiguous. */
const initOf = (method: string, options: HttpOptions, type: string | undefined): RequestInit => ({
  method,
  headers: new Headers({
    ...options.headers,
    accept: 'application/json',
    connection: 'close',
    ...(type && { 'content-type': type }),
  }),
  redirect: 'manual',
  signal: AbortSignal.timeout(options.timeoutMs),
});

async function readUpTo(maxBytes: number, response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size > maxBytes) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** RFC 9110 10.2.3: seconds, or a date. */
function retryAfter(header: string | null, now: number): number | undefined {
  if (!header) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
