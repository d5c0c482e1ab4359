/** One thing that was wrong with a request: `path` in dots (`messages.0.delay`), `message` what to do about it. */
export interface ErrorDetail {
  readonly path: string;
  readonly message: string;
}

/**
 * Every refusal that the API speaks of, with its HTTP status. The codes are stable; `docs/errors.md` lists them.
 * A code that is not in this table cannot be thrown.
 */
export const ERROR_STATUS = {
  invalid_request: 400,
  malformed_json: 400,
  outbound_message_required: 400,
  identifier_required: 400,
  touchpoint_required: 400,
  touchpoint_unavailable: 400,
  unknown_template: 400,
  template_required: 400,
  template_refused: 400,
  request_too_large: 413,
  unauthorized: 401,
  otp_required: 401,
  forbidden: 403,
  webhook_unverified: 403,
  not_found: 404,
  not_supported: 404,
  method_not_allowed: 405,
  identifier_conflict: 409,
  identifier_taken: 409,
  message_not_pending: 409,
  template_exists: 409,
  otp_exists: 409,
  organization_not_empty: 409,
  user_exists: 409,
  idempotency_key_reused: 422,
  unsupported_media_type: 415,
  rate_exceeded: 429,
  provider_unavailable: 502,
  overloaded: 503,
  not_reached: 503,
  internal_error: 500,
} as const;
export type ErrorCode = keyof typeof ERROR_STATUS;

/** A refusal with a reason for the caller. Anything else that is thrown is our own fault and becomes a 500. */
export class RequestError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly details: readonly ErrorDetail[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ErrorCode,
    message: string,
    details: readonly ErrorDetail[] = [],
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = 'RequestError';
    this.code = code;
    this.status = ERROR_STATUS[code];
    this.details = details;
    this.headers = headers;
  }
}

/** A refusal about one field of the request. */
export const invalid = (path: string, message: string, code: ErrorCode = 'invalid_request'): RequestError =>
  new RequestError(code, path === '' ? message : `${path} ${message}`, [{ path, message }]);
