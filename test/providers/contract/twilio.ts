import type { SendRequest } from '../../../shared/providers/provider.ts';
import { TWILIO_ERRORS } from '../../../shared/providers/twilio/errors.ts';
import { formParams, twilioSignature } from '../../../shared/providers/twilio/signature.ts';
import { createTwilio } from '../../../shared/providers/twilio/twilio.ts';
import { CORRELATION_QUERY, callback, smsRequest, withParams } from '../builders.ts';
import type { Script } from '../provider-server.ts';
import type { ErrorRow } from './error-rows.ts';
import type { Harness } from './suite.ts';

const TOKEN = 'test-auth-token-0000000000000000';
const SID = `SM${'b'.repeat(32)}`;
const URL = `https://hooks.example.test/v2/hooks/twilio/5bb01d0dd99faf11a3f4a399/status?${CORRELATION_QUERY}`;

/** 02:00 in Los Angeles. */
const NOW = Date.parse('2026-11-22T10:00:00Z');
const MINUTE_MS = 60_000;
const UNTIL_PACIFIC_MIDNIGHT_MS = 22 * 60 * MINUTE_MS;

const ROWS: readonly ErrorRow[] = [
  ['20429', 'throttled', 'account'],
  ['20500 20503', 'ambiguous', 'request'],
  ['20003 20404 30002', 'permanent', 'account'],
  ['21211 21214 21217 21604', 'permanent', 'recipient', { effect: 'suppress' }],
  ['21614 30006 30005', 'permanent', 'recipient', { effect: 'suppress' }],
  ['21612 21703', 'permanent', 'pair'],
  ['21610', 'permanent', 'recipient', { effect: 'opt_out' }],
  ['30004', 'permanent', 'recipient', { effect: 'suppress' }],
  ['30003', 'retryable', 'recipient', { retryAfterMs: 120 * MINUTE_MS }],
  ['30007', 'permanent', 'content'],
  ['30008', 'retryable', 'recipient'],
  ['30001 21611 30017 63017 63018', 'throttled', 'sender'],
  ['30022', 'throttled', 'sender'],
  ['30023 30027 63038', 'throttled', 'account', { retryAfterMs: UNTIL_PACIFIC_MIDNIGHT_MS }],
  ['30036', 'retryable', 'request'],
  ['30450', 'throttled', 'account', { retryAfterMs: 30 * MINUTE_MS }],
  ['30610', 'retryable', 'recipient', { retryAfterMs: 60 * MINUTE_MS }],
  ['30640', 'permanent', 'recipient', { effect: 'suppress' }],
  ['21408 21608 63020', 'permanent', 'account'],
  ['21212 21603 21606 21701 21704 30018 30024 30032 30034 30035 63007 63051', 'permanent', 'sender'],
  ['21602 21609 21617 21620 21654 21655 21656 63021 63028', 'permanent', 'request'],
  ['63016', 'permanent', 'content', { effect: 'needs_template' }],
  ['63003 63024 63032 63033', 'permanent', 'recipient'],
  ['63027 63040 63041 63042', 'permanent', 'template', { effect: 'template_off' }],
];

const refusal = (status: number, code: number): Script => ({
  status,
  body: { code, message: `error ${code}`, status },
});

function signed(fields: Readonly<Record<string, unknown>>, token = TOKEN, url = URL) {
  const body = new URLSearchParams(
    Object.entries(fields).map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();
  return callback({
    url,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': twilioSignature(token, url, formParams(body)),
    },
    body: Buffer.from(body),
  });
}

const delivered = { MessageSid: SID, MessageStatus: 'delivered' };
const secret = { authToken: TOKEN };

const read = (fields: Readonly<Record<string, unknown>>) => {
  const parsed = createTwilio({ now: () => NOW }).parseCallback?.(signed({ ...delivered, ...fields }), secret);
  return parsed?.verified ? parsed.events : [];
};

const harness = (request: SendRequest, prefix: string): Harness => ({
  create: (url) => createTwilio({ baseUrl: url, now: () => NOW }),
  request,
  before: [],
  accepted: { status: 201, body: { sid: SID, status: 'queued' } },
  providerId: SID,
  throttled: refusal(429, 20429),
  broken: refusal(500, 20500),
  codes: {
    table: TWILIO_ERRORS,
    answers: ROWS,
    answer: (code) => refusal(400, Number(code)),
    reports: ROWS,
    report: (code) => read({ MessageStatus: 'undelivered', ErrorCode: code }),
  },
  errors: [
    ['a code that we do not know', refusal(400, 99999), { class: 'permanent', scope: 'request', code: '99999' }],
  ],
  reports: {
    echoes: true,
    words: { accepted: 'queued', sent: 'sent', delivered: 'delivered', read: 'read', failed: 'undelivered' },
    unknown: 'teleported',
    read: (word, more = {}) => read({ MessageStatus: word, To: `${prefix}+31646280994`, ErrorCode: '30007', ...more }),
  },
  callbacks: {
    secret,
    genuine: signed(delivered),
    forged: [
      ['signed by another token', signed(delivered, 'other')],
      ['without a token to check it by', signed(delivered), {}],
      ['without a signature', { ...signed(delivered), headers: {} }],
      ['for another message', { ...signed(delivered), url: URL.replace('a=2', 'a=3') }],
      ['whose body was exchanged', { ...signed(delivered), body: Buffer.from('MessageStatus=failed') }],
    ],
  },
});

export const TWILIO_SMS = harness(smsRequest(), '');
export const TWILIO_WHATSAPP = harness(
  withParams(smsRequest({ touchpoint: 'whatsapp' }), { from: undefined, whatsappFrom: '+15550002222' }),
  'whatsapp:',
);
