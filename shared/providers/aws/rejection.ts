import { type ErrorRowData, type ErrorTable, rejectionOf } from '../error-table.ts';
import { networkFailure, notSent, rejectionOfNetwork } from '../network-failure.ts';
import type { Rejected } from '../provider.ts';

/** What any AWS API may answer. Source: the common errors in the API reference of each service. */
export const COMMON_AWS_ERRORS: readonly ErrorRowData[] = [
  ['Throttling ThrottledRequest TooManyRequests RequestLimitExceeded', 'throttled', 'account'],
  ['InternalServer InternalService InternalFailure ServiceUnavailable Dependency', 'ambiguous', 'request'],
  ['AccessDenied CredentialsProviderError ExpiredToken IncompleteSignature InvalidSignature', 'permanent', 'account'],
  ['InvalidClientTokenId MissingAuthenticationToken OptInRequired RequestExpired', 'permanent', 'account'],
  ['SignatureDoesNotMatch UnrecognizedClient', 'permanent', 'account'],
  ['Validation', 'permanent', 'request'],
];

/** What the SDK's HTTP handler says, without a code, when its connection timeout ran out. */
const NO_CONNECTION = /did not establish a connection/;

/** What an error of the SDK means after the request left: the table decides, else the HTTP status, else the network. */
export function awsRejection(errors: ErrorTable, error: unknown): Rejected {
  const { name, reason, message, status } = read(error);
  const code = codeIn(errors, name, reason);
  if (status !== undefined || code !== undefined) {
    return rejectionOf(
      errors,
      { code: code ?? name, message: sentence(reason, message), ...(status !== undefined && { status }) },
      0,
    );
  }
  if (NO_CONNECTION.test(message)) {
    return { outcome: 'rejected', class: 'retryable', scope: 'request', code: 'connection_refused', message };
  }
  return rejectionOfNetwork(networkFailure(error));
}

/** What an error means before the request left: credentials that cannot be had, or a fault of ours. Never ambiguous. */
export function awsRefusal(errors: ErrorTable, error: unknown): Rejected {
  const { name, message } = read(error);
  const code = codeIn(errors, name, undefined);
  return code === undefined ? rejectionOfNetwork(notSent(error)) : rejectionOf(errors, { code, message }, 0);
}

/** The reason says more than the exception, where the table knows it. Names stand there without `Exception`. */
const codeIn = (errors: ErrorTable, name: string, reason: string | undefined): string | undefined =>
  [reason, name.replace(/Exception$/, '')].find((code) => code !== undefined && errors.has(code));

const sentence = (reason: string | undefined, message: string): string => (reason ? `${reason}: ${message}` : message);

interface Read {
  readonly name: string;
  readonly reason: string | undefined;
  readonly message: string;
  readonly status: number | undefined;
}

function read(error: unknown): Read {
  if (!(error instanceof Error)) return { name: 'Error', reason: undefined, message: String(error), status: undefined };
  const { Reason, $metadata } = error as { Reason?: unknown; $metadata?: { httpStatusCode?: number } };
  const reason = typeof Reason === 'string' ? Reason : undefined;
  return { name: error.name, reason, message: error.message, status: $metadata?.httpStatusCode };
}
