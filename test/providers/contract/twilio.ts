import type { SendRequest } from '../../../shared/providers/provider.ts';
import { formParams, twilioSignature } from '../../../shared/providers/twilio/signature.ts';
import { createTwilio } from '../../../shared/providers/twilio/twilio.ts';
import { CORRELATION_QUERY, callback, smsRequest, withParams } from '../builders.ts';
import type { Script } from '../provider-server.ts';
import type { Harness } from './suite.ts';

const TOKEN = 'test-auth-token-0000000000000000';
const SID = `SM${'b'.repeat(32)}`;
const URL = `https://hooks.example.test/v2/hooks/twilio/5bb01d0dd99faf11a3f4a399/status?${CORRELATION_QUERY}`;

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

const harness = (request: SendRequest, prefix: string): Harness => ({
  create: (url) => createTwilio({ baseUrl: url }),
  request,
  before: [],
  accepted: { status: 201, body: { sid: SID, status: 'queued' } },
  providerId: SID,
  throttled: refusal(429, 20429),
  broken: refusal(500, 20500),
  errors: [
    ['21610', refusal(400, 21610), { class: 'permanent', scope: 'recipient', effect: 'opt_out', code: '21610' }],
    ['63016', refusal(400, 63016), { class: 'permanent', scope: 'content', effect: 'needs_template' }],
    ['63041', refusal(400, 63041), { class: 'permanent', scope: 'template', effect: 'template_off' }],
    ['a code that we do not know', refusal(400, 99999), { class: 'permanent', scope: 'request', code: '99999' }],
  ],
  reports: {
    echoes: true,
    words: { accepted: 'queued', sent: 'sent', delivered: 'delivered', read: 'read', failed: 'undelivered' },
    unknown: 'teleported',
    read(word, more = {}) {
      const fields = { ...delivered, MessageStatus: word, To: `${prefix}+31646280994`, ErrorCode: '30007', ...more };
      const parsed = createTwilio().parseCallback?.(signed(fields), secret);
      return parsed?.verified ? parsed.events : [];
    },
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
