import { createAwsSocial } from '../../../shared/providers/aws-social/aws-social.ts';
import { AWS_SOCIAL_ERRORS } from '../../../shared/providers/aws-social/errors.ts';
import type { QueuedEvent } from '../../../shared/providers/provider.ts';
import { WHATSAPP_ERRORS } from '../../../shared/providers/whatsapp/errors.ts';
import { awsSocialRequest } from '../builders.ts';
import type { Script } from '../provider-server.ts';
import { AWS_ROWS } from './aws-sms.ts';
import type { Harness } from './suite.ts';
import { META_ROWS } from './whatsapp.ts';

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

const readEvent = (event: QueuedEvent) => createAwsSocial({ region: 'eu-west-1' }).parseEvent?.(event, 0) ?? [];

export const AWS_SOCIAL: Harness = {
  create: (endpoint) =>
    createAwsSocial({ endpoint, region: 'eu-west-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }),
  request: awsSocialRequest(),
  before: [],
  accepted: { status: 200, body: { messageId: ID } },
  providerId: ID,
  throttled: refusal(429, 'ThrottledRequestException'),
  broken: refusal(502, 'DependencyException'),
  codes: {
    table: AWS_SOCIAL_ERRORS,
    answers: [
      ...AWS_ROWS,
      ['LimitExceeded', 'throttled', 'account', { retryAfterMs: 60_000 }],
      ['AccessDeniedByMeta', 'permanent', 'account'],
      ['InvalidParameters', 'permanent', 'request'],
      ['ResourceNotFound', 'permanent', 'sender'],
    ],
    answer: (code) => refusal(400, `${code}Exception`),
    reportTable: WHATSAPP_ERRORS,
    reports: META_ROWS,
    report: (code) => readEvent(socialEvent('failed', { errors: [{ code: Number(code), title: 't', message: 'm' }] })),
  },
  errors: [
    ['an exception that we do not know', refusal(400, 'NovelException'), { class: 'permanent', scope: 'request' }],
  ],
  reports: {
    echoes: false,
    words: { sent: 'sent', delivered: 'delivered', read: 'read', failed: 'failed' },
    unknown: 'teleported',
    read: (word, more = {}) => readEvent(socialEvent(word, more)),
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
