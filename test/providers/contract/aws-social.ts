import { createAwsSocial } from '../../../shared/providers/aws-social/aws-social.ts';
import { awsSocialRequest } from '../builders.ts';
import type { Script } from '../provider-server.ts';
import type { Harness } from './suite.ts';

const ID = '4bee7d29-70f5-4a49-b84e-facf4424fe58';

const refusal = (status: number, name: string): Script => ({
  status,
  headers: { 'x-amzn-errortype': name },
  body: { message: `about ${name}` },
});

/** A status as AWS's page shows it, for the default event bus. */
export const socialEvent = (status: string, more: Readonly<Record<string, unknown>> = {}) => ({
  source: 'aws.social-messaging',
  detailType: `WhatsApp Message ${status.charAt(0).toUpperCase()}${status.slice(1)}`,
  detail: {
    wabaId: '1163793972139053',
    originationPhoneNumber: '15815555555',
    originationPhoneNumberId: '574086085794038',
    messageId: ID,
    status,
    eventTimestamp: '1759466063',
    ...(status === 'failed' && { errors: [{ code: 131026, title: 'Message undeliverable', message: 'no' }] }),
    ...more,
  },
});

export const AWS_SOCIAL: Harness = {
  create: (endpoint) =>
    createAwsSocial({ endpoint, region: 'eu-west-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }),
  request: awsSocialRequest(),
  before: [],
  accepted: { status: 200, body: { messageId: ID } },
  providerId: ID,
  throttled: refusal(429, 'ThrottledRequestException'),
  broken: refusal(502, 'DependencyException'),
  errors: [
    ['a limit', refusal(429, 'LimitExceededException'), { class: 'throttled', retryAfterMs: 60_000 }],
    ['an internal error', refusal(500, 'InternalServiceException'), { class: 'ambiguous', code: 'InternalService' }],
    ['an invalid field', refusal(400, 'ValidationException'), { class: 'permanent', scope: 'request' }],
    ['invalid parameters', refusal(400, 'InvalidParametersException'), { class: 'permanent', scope: 'request' }],
    ['no permission', refusal(403, 'AccessDeniedException'), { class: 'permanent', scope: 'account' }],
    ['no permission at Meta', refusal(403, 'AccessDeniedByMetaException'), { class: 'permanent', scope: 'account' }],
    ['an unknown number', refusal(404, 'ResourceNotFoundException'), { class: 'permanent', scope: 'sender' }],
    ['an exception that we do not know', refusal(400, 'NovelException'), { class: 'permanent', scope: 'request' }],
  ],
  reports: {
    echoes: false,
    words: { sent: 'sent', delivered: 'delivered', read: 'read', failed: 'failed' },
    unknown: 'teleported',
    read: (word, more = {}) => createAwsSocial({ region: 'eu-west-1' }).parseEvent?.(socialEvent(word, more), 0) ?? [],
  },
  foreign: [
    { ...socialEvent('delivered'), source: 'aws.sms-voice' },
    { ...socialEvent('delivered'), source: 'aws.sns' },
    { source: 'aws.social-messaging', detailType: 'WhatsApp Message Handover Failed', detail: {} },
    { source: 'aws.sns', detailType: '', detail: { whatsAppWebhookEntry: 'no JSON', messageId: 'm' } },
    { source: 'aws.sns', detailType: '', detail: { whatsAppWebhookEntry: '{"changes":7}' } },
    { source: 'aws.sns', detailType: '', detail: null },
  ],
};
