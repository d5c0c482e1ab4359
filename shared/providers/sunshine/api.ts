import * as z from 'zod';
import { rejectionOf } from '../error-table.ts';
import type { Http, HttpAnswer, HttpResult } from '../http.ts';
import { rejectionOfNetwork } from '../network-failure.ts';
import type { Rejected } from '../provider.ts';
import type { SunshineAccount } from './account.ts';
import { SUNSHINE_ERRORS } from './errors.ts';

const ErrorsSchema = z.object({
  errors: z.array(z.object({ code: z.string(), title: z.string().optional().catch(undefined) })).min(1),
});

/** Calls to one app, all together within one time. Each answers with a success or what its failure means; none throws. */
export interface SunshineApi {
  readonly account: SunshineAccount;
  get(path: string): Promise<HttpAnswer | Rejected>;
  post(path: string, body: unknown): Promise<HttpAnswer | Rejected>;
  patch(path: string, body: unknown): Promise<HttpAnswer | Rejected>;
  remove(path: string): Promise<HttpAnswer | Rejected>;
}

const NO_TIME_LEFT: Rejected = {
  outcome: 'rejected',
  class: 'retryable',
  scope: 'request',
  code: 'not_sent',
  message: 'The time was over before the request left.',
};

/** `deadline` is epoch milliseconds by `now`. */
export function createSunshineApi(
  http: Http,
  account: SunshineAccount,
  { now, deadline }: { readonly now: () => number; readonly deadline: number },
): SunshineApi {
  const headers = { authorization: account.authorization };

  async function call(request: (options: { headers: typeof headers; timeoutMs: number }) => Promise<HttpResult>) {
    const timeoutMs = deadline - now();
    if (timeoutMs <= 0) return NO_TIME_LEFT;
    const result = await request({ headers, timeoutMs });
    if (result.kind === 'failure') return rejectionOfNetwork(result);
    return result.status >= 200 && result.status < 300 ? result : rejectionOfAnswer(result, now());
  }

  return {
    account,
    get: (path) => call((options) => http.get(`${account.url}${path}`, { ...options, maxBytes: PAGE_BYTES })),
    post: (path, body) => call((options) => http.postJson(`${account.url}${path}`, body, options)),
    patch: (path, body) => call((options) => http.patchJson(`${account.url}${path}`, body, options)),
    remove: (path) => call((options) => http.delete(`${account.url}${path}`, options)),
  };
}

/** A page of a hundred messages. */
const PAGE_BYTES = 4 * 1024 * 1024;

function rejectionOfAnswer({ status, body, retryAfterMs }: HttpAnswer, now: number): Rejected {
  const [error] = ErrorsSchema.safeParse(body).data?.errors ?? [];
  return rejectionOf(
    SUNSHINE_ERRORS,
    {
      status,
      ...(error && { code: error.code }),
      ...(error?.title !== undefined && { message: error.title }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    },
    now,
  );
}

/** An answer that lacks what its operation promises: it says nothing about what was done. */
export const incomprehensible = (answer: HttpAnswer): Rejected => ({
  outcome: 'rejected',
  class: 'ambiguous',
  scope: 'request',
  code: `http_${answer.status}`,
  message: 'Sunshine answered without the thing that was asked for.',
});
