import { networkFailure, notSent, rejectionOfNetwork } from '../network-failure.ts';
import type { Rejected } from '../provider.ts';
import { type SesErrorRow, sesErrorRow } from './errors.ts';

/** What the SDK's HTTP handler says, without a code, when its connection timeout ran out. */
const NO_CONNECTION = /did not establish a connection/;

/** What an error of the SDK means after the request left: the table decides, else the HTTP status, else the network. */
export function sesRejection(error: unknown): Rejected {
  const { name, message, status } = read(error);
  const row = sesErrorRow(name, message);
  if (row) return rejectionOfRow(row, name, message);
  if (status === undefined && NO_CONNECTION.test(message)) {
    return { outcome: 'rejected', class: 'retryable', scope: 'request', code: 'connection_refused', message };
  }
  if (status === undefined) return rejectionOfNetwork(networkFailure(error));
  if (status >= 400 && status < 500) {
    return { outcome: 'rejected', class: 'permanent', scope: 'request', code: name, message };
  }
  return { outcome: 'rejected', class: 'ambiguous', scope: 'request', code: `http_${status}`, message };
}

/** What an error means before the request left: credentials that cannot be had, or a fault of ours. Never ambiguous. */
export function sesRefusal(error: unknown): Rejected {
  const { name, message } = read(error);
  const row = sesErrorRow(name, message);
  return row ? rejectionOfRow(row, name, message) : rejectionOfNetwork(notSent(error));
}

const rejectionOfRow = (row: SesErrorRow, code: string, message: string): Rejected => ({
  outcome: 'rejected',
  class: row.class,
  scope: row.scope,
  code,
  message,
  ...(row.retryAfterMs !== undefined && { retryAfterMs: row.retryAfterMs }),
});

function read(error: unknown): { name: string; message: string; status: number | undefined } {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), status: undefined };
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return { name: error.name, message: error.message, status: $metadata?.httpStatusCode };
}
