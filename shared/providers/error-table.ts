import type { FailureClass, Rejected } from './provider.ts';

interface ErrorRow {
  readonly class: FailureClass;
  readonly scope: Rejected['scope'];
  readonly effect?: Rejected['effect'];
  readonly retryAfterMs?: number | ((now: number) => number);
}

/** Codes separated by blanks, or a range `200-299`; then class, scope, and what else follows from them. */
export type ErrorRowData = readonly [
  codes: string,
  failure: FailureClass,
  scope: Rejected['scope'],
  more?: Pick<ErrorRow, 'effect' | 'retryAfterMs'>,
];

export type ErrorTable = ReadonlyMap<string, ErrorRow>;

/** Throws at load when two rows claim the same code. */
export function errorTable(rows: readonly ErrorRowData[]): ErrorTable {
  const table = new Map<string, ErrorRow>();
  for (const [codes, failure, scope, more] of rows) {
    for (const code of codes.split(' ').flatMap(expandRange)) {
      if (table.has(code)) throw new Error(`Error code ${code} is in two rows`);
      table.set(code, { class: failure, scope, ...more });
    }
  }
  return table;
}

function expandRange(codes: string): string[] {
  const range = /^(\d+)-(\d+)$/.exec(codes);
  if (!range) return [codes];
  const first = Number(range[1]);
  return Array.from({ length: Number(range[2]) - first + 1 }, (_, index) => String(first + index));
}

export interface ProviderError {
  /** HTTP status of the answer to a send; absent when a callback reported the error. */
  readonly status?: number;
  readonly code?: string;
  readonly message?: string;
  readonly retryAfterMs?: number;
}

/**
 * What a provider's error means. A code of the table decides. Else the HTTP status does: 429 throttled, other 4xx
 * permanent (408 excepted), anything else ambiguous; so does a 5xx whose code merely says to try again. Else, in a
 * callback, it is permanent.
 */
export function rejectionOf(table: ErrorTable, error: ProviderError, now: number): Rejected {
  const known = error.code === undefined ? undefined : table.get(error.code);
  const row = known && !isTooSure(known, error.status) ? known : rowOfStatus(error.status);
  const said = known || row.class !== 'ambiguous' ? error.code : undefined;
  const code = said ?? (error.status === undefined ? 'unknown' : `http_${error.status}`);
  const wait = typeof row.retryAfterMs === 'function' ? row.retryAfterMs(now) : row.retryAfterMs;
  const retryAfterMs = error.retryAfterMs ?? wait;
  return {
    outcome: 'rejected',
    class: row.class,
    scope: row.scope,
    code,
    message: error.message ?? `The provider answered ${code}.`,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(row.effect && { effect: row.effect }),
  };
}

/** "Try again" inside a 5xx does not say that nothing was sent. */
const isTooSure = (row: ErrorRow, status: number | undefined): boolean =>
  row.class === 'retryable' && status !== undefined && status >= 500;

function rowOfStatus(status: number | undefined): ErrorRow {
  if (status === undefined) return { class: 'permanent', scope: 'request' };
  if (status === 429) return { class: 'throttled', scope: 'account' };
  if (status === 401 || status === 403) return { class: 'permanent', scope: 'account' };
  if (status >= 400 && status < 500 && status !== 408) return { class: 'permanent', scope: 'request' };
  return { class: 'ambiguous', scope: 'request' };
}

/** A send that we refuse ourselves, before any request: sending it again as it is cannot help. */
export const refused = (code: string, scope: Rejected['scope'], message: string): Rejected => ({
  outcome: 'rejected',
  class: 'permanent',
  scope,
  code,
  message,
});
