import type { Rejected } from './provider.ts';

export interface NetworkFailure {
  readonly class: 'retryable' | 'ambiguous';
  readonly code: 'not_sent' | 'connection_refused' | 'connection_lost' | 'timeout';
  readonly message: string;
}

/** Errors that come before a byte of the request leaves: no connection, or no trust in the other side. */
const BEFORE_SENDING = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);
const CONNECTING = new Set(['connect', 'getaddrinfo']);
const TIMEOUT_CODES = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);
const TIMEOUT_NAMES = new Set(['TimeoutError', 'AbortError']);
const LOST_CODES = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/**
 * What a thrown network error says about the request: it never left (`retryable`), or it may have arrived
 * (`ambiguous`). Whatever is not known to precede the request is ambiguous.
 */
export function networkFailure(error: unknown): NetworkFailure {
  const causes = causesOf(error);
  const message = causes.map((cause) => cause.message).join(': ') || 'The request failed.';
  const has = (matches: (cause: Cause) => boolean) => causes.some(matches);
  if (has((cause) => BEFORE_SENDING.has(cause.code) || CONNECTING.has(cause.syscall))) {
    return { class: 'retryable', code: 'connection_refused', message };
  }
  const lost = has((cause) => LOST_CODES.has(cause.code));
  const late = has((cause) => TIMEOUT_NAMES.has(cause.name) || TIMEOUT_CODES.has(cause.code));
  return { class: 'ambiguous', code: late && !lost ? 'timeout' : 'connection_lost', message };
}

/** An error of ours while the request was being made: nothing left. */
export const notSent = (error: unknown): NetworkFailure => ({
  class: 'retryable',
  code: 'not_sent',
  message: error instanceof Error ? error.message : 'The request could not be made.',
});

export const rejectionOfNetwork = (failure: NetworkFailure): Rejected => ({
  outcome: 'rejected',
  class: failure.class,
  scope: 'request',
  code: failure.code,
  message: failure.message,
});

interface Cause {
  readonly name: string;
  readonly code: string;
  readonly syscall: string;
  readonly message: string;
}

/** The error and its causes, as far as they go: `fetch` wraps them, and Node tries several addresses of one host. */
function causesOf(error: unknown, depth = 0): Cause[] {
  if (!(error instanceof Error) || depth > 4) return [];
  const inner = error instanceof AggregateError ? error.errors : [error.cause];
  const { code, syscall } = error as NodeJS.ErrnoException;
  return [
    { name: error.name, code: code ?? '', syscall: syscall ?? '', message: error.message },
    ...inner.flatMap((cause) => causesOf(cause, depth + 1)),
  ];
}
