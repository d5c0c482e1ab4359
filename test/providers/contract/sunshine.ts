import type { SendRequest } from '../../../shared/providers/provider.ts';
import { SUNSHINE_ERRORS } from '../../../shared/providers/sunshine/errors.ts';
import { createSunshine } from '../../../shared/providers/sunshine/sunshine.ts';
import { CORRELATION, callback, sunshineRequest } from '../builders.ts';
import type { Script } from '../provider-server.ts';
import type { Harness } from './suite.ts';

/** The secret of the specification's own example. */
export const WEBHOOK_SECRET = '8564b3e6a8b20a4bdb68b05ce9bc5936';
const MESSAGE = '5f748c1a2b5315fc007e7977';
const OWNER = CORRELATION.conversation;
const secret = { webhookSecret: WEBHOOK_SECRET };

export const refusal = (status: number, code: string): Script => ({
  status,
  body: { errors: [{ code, title: `about ${code}` }] },
});

export const ANSWERS = {
  conversation: { id: '67a0ecf8f0305f4a391e9db1', type: 'personal', metadata: { overture: OWNER } },
  client: (integrationId: string, status = 'active', externalId: string | null = '+31646280994') => ({
    id: 'c1',
    type: 'twilio',
    integrationId,
    status,
    externalId,
  }),
  conversations: (...conversations: object[]): Script => ({
    status: 200,
    body: { conversations, meta: { hasMore: false } },
  }),
  clients: (...clients: object[]): Script => ({ status: 200, body: { clients, meta: { hasMore: false } } }),
  posted: { status: 201, body: { messages: [{ id: MESSAGE, received: '2026-11-22T10:00:00Z' }] } },
} as const;

/** A webhook with these events, vouched for. */
export const webhook = (events: readonly unknown[], key: string | undefined = WEBHOOK_SECRET) =>
  callback({
    url: 'https://hooks.example.test/v2/hooks/sunshine/s',
    headers: { 'content-type': 'application/json', ...(key !== undefined && { 'x-api-key': key }) },
    body: Buffer.from(JSON.stringify({ app: { id: 'a' }, webhook: { id: 'w', version: 'v2' }, events })),
  });

export const event = (type: string, payload: object) => ({
  id: 'e1',
  type,
  createdAt: '2026-11-22T10:00:00.000Z',
  payload,
});

const delivery = (trigger: string, more: object = {}) =>
  event(`conversation:message:delivery:${trigger}`, {
    conversation: { id: ANSWERS.conversation.id, type: 'personal' },
    message: { id: MESSAGE },
    destination: { type: 'twilio', integrationId: 'i' },
    isFinalEvent: false,
    ...(trigger === 'failure' && { error: { code: 'uncategorized_error', message: 'no such subscriber' } }),
    ...more,
  });

export const read = (events: readonly unknown[]) => {
  const parsed = createSunshine().parseCallback?.(webhook(events), secret);
  return parsed?.verified ? parsed.events : [];
};

const harness = (request: SendRequest, integration: string): Harness => ({
  create: (url) => createSunshine({ baseUrl: url }),
  request,
  before: [ANSWERS.conversations(ANSWERS.conversation), ANSWERS.clients(ANSWERS.client(integration))],
  accepted: ANSWERS.posted,
  providerId: MESSAGE,
  throttled: refusal(429, 'too_many_requests'),
  broken: refusal(503, 'service_unavailable'),
  codes: {
    table: SUNSHINE_ERRORS,
    answers: [
      ['too_many_requests', 'throttled', 'account'],
      ['unauthorized app_not_found', 'permanent', 'account'],
      ['integration_not_found', 'permanent', 'sender'],
      ['bad_request forbidden content_too_large conflict', 'permanent', 'request'],
      ['not_found user_not_found conversation_not_found', 'permanent', 'request'],
      ['locked', 'permanent', 'pair'],
    ],
    answer: (code) => refusal(400, code),
  },
  errors: [
    ['a bare 413', { status: 413 }, { class: 'permanent', scope: 'request', code: 'http_413' }],
    ['a code that we do not know', refusal(400, 'novel'), { class: 'permanent', scope: 'request', code: 'novel' }],
    ['a bare 429', { status: 429, headers: { 'retry-after': '7' } }, { class: 'throttled', retryAfterMs: 7000 }],
    ['a 201 that names no message', { status: 201, body: { messages: [] } }, { class: 'ambiguous', code: 'http_201' }],
  ],
  reports: {
    echoes: false,
    words: { sent: 'channel', delivered: 'user', failed: 'failure' },
    unknown: 'teleport',
    read: (word, more = {}) => read([delivery(word, more)]),
  },
  callbacks: {
    secret,
    genuine: webhook([delivery('user')]),
    forged: [
      ['with another key', webhook([delivery('user')], 'other')],
      ['without a key', webhook([delivery('user')], '')],
      ['without a secret to check it by', webhook([delivery('user')]), {}],
      ['with the beginning of the secret', webhook([delivery('user')], WEBHOOK_SECRET.slice(0, -1))],
    ],
  },
});

export const SUNSHINE_SMS = harness(sunshineRequest(), 'sms-integration');
export const SUNSHINE_WHATSAPP = harness(sunshineRequest({ touchpoint: 'whatsapp' }), 'whatsapp-integration');
