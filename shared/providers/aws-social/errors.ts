import { COMMON_AWS_ERRORS } from '../aws/rejection.ts';
import { errorTable } from '../error-table.ts';

const MINUTE_MS = 60_000;

/**
 * What AWS End User Messaging Social answers to `SendWhatsAppMessage`, without `Exception`; Meta's own codes come later,
 * in events. Source: docs.aws.amazon.com/social-messaging, API reference, SendWhatsAppMessage.
 */
export const AWS_SOCIAL_ERRORS = errorTable([
  ...COMMON_AWS_ERRORS,
  ['LimitExceeded', 'throttled', 'account', { retryAfterMs: MINUTE_MS }],
  ['AccessDeniedByMeta', 'permanent', 'account'],
  ['InvalidParameters', 'permanent', 'request'],
  ['ResourceNotFound', 'permanent', 'sender'],
]);
