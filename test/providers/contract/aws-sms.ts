import { createAwsSms } from '../../../shared/providers/aws-sms/aws-sms.ts';
import { correlationFields } from '../../../shared/providers/correlation.ts';
import { awsSmsRequest, CORRELATION } from '../builders.ts';
import type { Script } from '../provider-server.ts';
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

type Row = readonly [reasons: readonly string[], exception: string, expected: Harness['errors'][number][2]];
const ROWS: readonly Row[] = [
  [
    ['DESTINATION_PHONE_NUMBER_OPTED_OUT'],
    'ConflictException',
    { class: 'permanent', scope: 'recipient', effect: 'opt_out' },
  ],
  [
    [
      'DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION',
      'DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE',
    ],
    'ConflictException',
    { class: 'permanent', scope: 'recipient' },
  ],
  [['DESTINATION_PHONE_NUMBER_NOT_VERIFIED'], 'ConflictException', { class: 'permanent', scope: 'account' }],
  [
    [
      'NO_ORIGINATION_IDENTITIES_FOUND',
      'RESOURCE_NOT_ACTIVE',
      'REGISTRATION_NOT_COMPLETE',
      'MESSAGE_TYPE_MISMATCH',
      'NUMBER_CAPABILITIES_MISMATCH',
    ],
    'ConflictException',
    { class: 'permanent', scope: 'sender' },
  ],
  [['MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT'], 'ServiceQuotaExceededException', { class: 'permanent', scope: 'account' }],
  [['DESTINATION_COUNTRY_BLOCKED'], 'ValidationException', { class: 'permanent', scope: 'recipient' }],
  [['INVALID_PARAMETER', 'PRICE_OVER_THRESHOLD'], 'ValidationException', { class: 'permanent', scope: 'request' }],
  [
    ['INVALID_IDENTITY_FOR_DESTINATION_COUNTRY', 'INTERNATIONAL_SENDING_NOT_SUPPORTED'],
    'ValidationException',
    { class: 'permanent', scope: 'pair' },
  ],
  [
    ['SENDER_ID_REQUIRES_REGISTRATION', 'SENDER_ID_NOT_REGISTERED', 'SENDER_ID_NOT_SUPPORTED'],
    'ValidationException',
    { class: 'permanent', scope: 'sender' },
  ],
  [
    ['ACCOUNT_DISABLED', 'INSUFFICIENT_ACCOUNT_REPUTATION'],
    'AccessDeniedException',
    { class: 'permanent', scope: 'account' },
  ],
];

const BARE: Harness['errors'] = [
  ['a bare conflict', refusal(400, 'ConflictException'), { class: 'permanent', scope: 'sender', code: 'Conflict' }],
  [
    'a reason that we do not know',
    refusal(400, 'ConflictException', 'INVENTED_TOMORROW'),
    { code: 'Conflict', message: 'INVENTED_TOMORROW: about ConflictException' },
  ],
  ['a missing resource', refusal(400, 'ResourceNotFoundException'), { class: 'permanent', scope: 'sender' }],
  ['no permission', refusal(400, 'AccessDeniedException'), { class: 'permanent', scope: 'account' }],
  ['an expired token', refusal(400, 'ExpiredTokenException'), { class: 'permanent', scope: 'account' }],
  ['an exception that we do not know', refusal(400, 'NovelException'), { class: 'permanent', scope: 'request' }],
];

export const AWS_SMS: Harness = {
  create: (endpoint) =>
    createAwsSms({ endpoint, region: 'eu-west-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }),
  request: awsSmsRequest(),
  before: [],
  accepted: { status: 200, headers: HEADERS, body: { MessageId: '862a8790' } },
  providerId: '862a8790',
  throttled: refusal(400, 'ThrottlingException'),
  broken: refusal(500, 'InternalServerException'),
  errors: [
    ...ROWS.flatMap(([reasons, exception, expected]) =>
      reasons.map((code) => [code, refusal(400, exception, code), { ...expected, code }] as const),
    ),
    ...BARE,
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
    read: (word, more = {}) => createAwsSms({ region: 'eu-west-1' }).parseEvent?.(smsEvent(word, more), 0) ?? [],
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
