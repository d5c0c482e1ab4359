import { COMMON_AWS_ERRORS } from '../aws/rejection.ts';
import { errorTable } from '../error-table.ts';

const HOUR_MS = 3_600_000;

/**
 * What AWS End User Messaging says of an SMS: the names of its exceptions without `Exception`, their reasons, and the
 * message statuses of its events. Source: docs.aws.amazon.com, API reference of `pinpoint-sms-voice-v2` (SendTextMessage
 * and its exception reasons), and the user guide's event types.
 */
export const AWS_SMS_ERRORS = errorTable([
  ...COMMON_AWS_ERRORS,
  ['DESTINATION_PHONE_NUMBER_OPTED_OUT', 'permanent', 'recipient', { effect: 'opt_out' }],
  ['DESTINATION_COUNTRY_BLOCKED DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION', 'permanent', 'recipient'],
  ['DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE', 'permanent', 'recipient'],
  ['DESTINATION_PHONE_NUMBER_NOT_VERIFIED', 'permanent', 'account'],
  ['NO_ORIGINATION_IDENTITIES_FOUND RESOURCE_NOT_ACTIVE REGISTRATION_NOT_COMPLETE', 'permanent', 'sender'],
  ['MESSAGE_TYPE_MISMATCH NUMBER_CAPABILITIES_MISMATCH SENDER_ID_NOT_REGISTERED', 'permanent', 'sender'],
  ['SENDER_ID_NOT_SUPPORTED SENDER_ID_REQUIRES_REGISTRATION', 'permanent', 'sender'],
  ['INVALID_IDENTITY_FOR_DESTINATION_COUNTRY INTERNATIONAL_SENDING_NOT_SUPPORTED', 'permanent', 'pair'],
  ['Conflict ResourceNotFound', 'permanent', 'sender'],
  ['ServiceQuotaExceeded MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT', 'permanent', 'account'],
  ['ACCOUNT_DISABLED INSUFFICIENT_ACCOUNT_REPUTATION', 'permanent', 'account'],
  ['INVALID_PARAMETER PRICE_OVER_THRESHOLD', 'permanent', 'request'],
  ['CARRIER_UNREACHABLE', 'retryable', 'recipient'],
  ['UNREACHABLE', 'retryable', 'recipient', { retryAfterMs: 2 * HOUR_MS }],
  ['TTL_EXPIRED', 'permanent', 'recipient'],
  ['INVALID', 'permanent', 'recipient', { effect: 'suppress' }],
  ['BLOCKED PROTECT_BLOCKED', 'permanent', 'recipient'],
  ['CARRIER_BLOCKED', 'permanent', 'pair'],
  ['INVALID_MESSAGE SPAM', 'permanent', 'content'],
]);
