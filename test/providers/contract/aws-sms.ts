import { createAwsSms } from '../../../shared/providers/aws-sms/aws-sms.ts';
import { AWS_SMS_ERRORS } from '../../../shared/providers/aws-sms/errors.ts';
import { correlationFields } from '../../../shared/providers/correlation.ts';
import type { QueuedEvent } from '../../../shared/providers/provider.ts';
import { awsSmsRequest, CORRELATION } from '../builders.ts';
import type { Script } from '../provider-server.ts';
import type { ErrorRow } from './error-rows.ts';
import type { Harness } from './suite.ts';

const HEADERS = { 'content-type': 'application/x-amz-json-1.0' };

const refusal = (status: number, name: string, Reason?: string): Script => ({
  status,
  headers: HEADERS,
  body: { __type: `com.amazonaws.pinpointsmsvoicev2#${name}`, Message: `about ${name}`, ...(Reason && { Reason }) },
});

/** A delivery event as AWS's page shows it, for the default event bus. */
export const smsEvent = (messageStatus: string, more: Readonly<Record<string, unknown>> = {}) => ({
  source: 'aws.sms-voice',
  detailType: 'Text Message Delivery Status Updated',
  detail: {
    eventType: `TEXT_${messageStatus}`,
    eventVersion: '1.0',
    eventTimestamp: 1686975103470,
    isFinal: true,
    originationPhoneNumber: '+12065550152',
    destinationPhoneNumber: '+31646280994',
    messageId: '862a8790-60c0-4430-9b2b-658bdexample',
    messageRequestTimestamp: 1686975103170,
    messageType: 'TRANSACTIONAL',
    messageStatus,
    messageStatusDescription: `AWS says ${messageStatus}`,
    context: correlationFields(CORRELATION),
    totalMessageParts: 1,
    ...more,
  },
});

/** What any service of AWS may answer. */
export const AWS_ROWS: readonly ErrorRow[] = [
  ['Throttling ThrottledRequest TooManyRequests RequestLimitExceeded', 'throttled', 'account'],
  ['InternalServer InternalService InternalFailure ServiceUnavailable Dependency', 'ambiguous', 'request'],
  ['AccessDenied CredentialsProviderError ExpiredToken IncompleteSignature InvalidSignature', 'permanent', 'account'],
  ['InvalidClientTokenId MissingAuthenticationToken OptInRequired RequestExpired', 'permanent', 'account'],
  ['SignatureDoesNotMatch UnrecognizedClient', 'permanent', 'account'],
  ['Validation', 'permanent', 'request'],
];

const ANSWERS: readonly ErrorRow[] = [
  ...AWS_ROWS,
  ['DESTINATION_PHONE_NUMBER_OPTED_OUT', 'permanent', 'recipient', { effect: 'opt_out' }],
  ['DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION DESTINATION_COUNTRY_BLOCKED', 'permanent', 'recipient'],
  ['DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE', 'permanent', 'recipient'],
  ['DESTINATION_PHONE_NUMBER_NOT_VERIFIED', 'permanent', 'account'],
  ['NO_ORIGINATION_IDENTITIES_FOUND RESOURCE_NOT_ACTIVE REGISTRATION_NOT_COMPLETE', 'permanent', 'sender'],
  ['MESSAGE_TYPE_MISMATCH NUMBER_CAPABILITIES_MISMATCH', 'permanent', 'sender'],
  ['SENDER_ID_REQUIRES_REGISTRATION SENDER_ID_NOT_REGISTERED SENDER_ID_NOT_SUPPORTED', 'permanent', 'sender'],
  ['INVALID_IDENTITY_FOR_DESTINATION_COUNTRY INTERNATIONAL_SENDING_NOT_SUPPORTED', 'permanent', 'pair'],
  ['Conflict ResourceNotFound', 'permanent', 'sender'],
  ['MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT ServiceQuotaExceeded', 'permanent', 'account'],
  ['ACCOUNT_DISABLED INSUFFICIENT_ACCOUNT_REPUTATION', 'permanent', 'account'],
  ['INVALID_PARAMETER PRICE_OVER_THRESHOLD', 'permanent', 'request'],
];

const REPORTS: readonly ErrorRow[] = [
  ['CARRIER_UNREACHABLE UNREACHABLE', 'retryable', 'recipient'],
  ['TTL_EXPIRED BLOCKED PROTECT_BLOCKED', 'permanent', 'recipient'],
  ['INVALID', 'permanent', 'recipient', { effect: 'suppress' }],
  ['CARRIER_BLOCKED', 'permanent', 'pair'],
  ['INVALID_MESSAGE SPAM', 'permanent', 'content'],
];

/** A reason stands in an exception; which one says nothing more. */
const answerOf = (code: string): Script =>
  code === code.toUpperCase() ? refusal(400, 'ConflictException', code) : refusal(400, `${code}Exception`);

const readEvent = (event: QueuedEvent) => createAwsSms({ region: 'eu-west-1' }).parseEvent?.(event, 0) ?? [];

export const AWS_SMS: Harness = {
  create: (endpoint) =>
    createAwsSms({ endpoint, region: 'eu-west-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }),
  request: awsSmsRequest(),
  before: [],
  accepted: { status: 200, headers: HEADERS, body: { MessageId: '862a8790' } },
  providerId: '862a8790',
  throttled: refusal(400, 'ThrottlingException'),
  broken: refusal(500, 'InternalServerException'),
  codes: {
    table: AWS_SMS_ERRORS,
    answers: ANSWERS,
    answer: answerOf,
    reports: REPORTS,
    report: (code) => readEvent(smsEvent(code)),
  },
  errors: [
    [
      'a reason that we do not know',
      refusal(400, 'ConflictException', 'INVENTED_TOMORROW'),
      { code: 'Conflict', message: 'INVENTED_TOMORROW: about ConflictException' },
    ],
    ['an exception that we do not know', refusal(400, 'NovelException'), { class: 'permanent', scope: 'request' }],
  ],
  reports: {
    echoes: true,
    words: {
      accepted: 'PENDING',
      sent: 'SUCCESSFUL',
      delivered: 'DELIVERED',
      failed: 'CARRIER_BLOCKED',
      expired: 'TTL_EXPIRED',
    },
    unknown: 'UNKNOWN',
    read: (word, more = {}) => readEvent(smsEvent(word, more)),
  },
  foreign: [
    { ...smsEvent('DELIVERED'), source: 'aws.ses' },
    { source: 'aws.sms-voice', detailType: 'Registration Status Change', detail: { registrationId: 'r' } },
    { source: 'aws.sns', detailType: '', detail: undefined },
    { source: 'aws.sns', detailType: '', detail: { whatsAppWebhookEntry: '{}', messageId: 'm' } },
    { source: 'aws.sns', detailType: '', detail: 'DELIVERED' },
    { source: 'aws.sms-voice', detailType: '', detail: { eventType: 'TEXT_DELIVERED' } },
    { source: 'aws.sms-voice', detailType: '', detail: { eventType: 'VOICE_ANSWERED', messageId: 'm' } },
  ],
};
