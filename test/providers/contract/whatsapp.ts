import { WHATSAPP_ERRORS } from '../../../shared/providers/whatsapp/errors.ts';
import { metaSignature } from '../../../shared/providers/whatsapp/signature.ts';
import { createWhatsapp } from '../../../shared/providers/whatsapp/whatsapp.ts';
import { CORRELATION_QUERY, callback, whatsappRequest } from '../builders.ts';
import type { Script } from '../provider-server.ts';
import type { ErrorRow } from './error-rows.ts';
import type { Harness } from './suite.ts';

const secret = { appSecret: 'test-app-secret' };

/** By all that carry WhatsApp in Meta's words. */
export const META_ROWS: readonly ErrorRow[] = [
  ['0 190 3 10 200-299 131005', 'permanent', 'account'],
  ['33 131045 133010 133015 131037', 'permanent', 'sender'],
  ['131031 368 131042', 'permanent', 'account'],
  ['100 131008 131009 131021 131051 131053 135000', 'permanent', 'request'],
  ['131026', 'permanent', 'recipient'],
  ['131047', 'permanent', 'content', { effect: 'needs_template' }],
  ['131049', 'permanent', 'recipient'],
  ['131050', 'permanent', 'recipient', { effect: 'marketing_stop' }],
  ['130472', 'permanent', 'recipient'],
  ['132000 132012 132005', 'permanent', 'request'],
  ['132001', 'permanent', 'template'],
  ['132007 132015 132016', 'permanent', 'template', { effect: 'template_off' }],
  ['130429 4 80007', 'throttled', 'account'],
  ['131056', 'throttled', 'pair', { retryAfterMs: 60_000 }],
  ['131048', 'throttled', 'sender', { retryAfterMs: 3_600_000 }],
  ['1 2 131000 131016 133004 131057', 'retryable', 'request'],
];

const refusal = (status: number, code: number): Script => ({
  status,
  body: { error: { code, message: `(#${code})`, error_data: { details: `details of ${code}` } } },
});

/** Meta's webhook entry with one status. */
export const statusEntry = (status: Readonly<Record<string, unknown>>) => ({
  id: '102290129340398',
  changes: [
    {
      field: 'messages',
      value: {
        messaging_product: 'whatsapp',
        metadata: { display_phone_number: '15550783881', phone_number_id: '106540352242922' },
        statuses: [{ id: 'wamid.TEST', timestamp: '1750030073', recipient_id: '31646280994', ...status }],
      },
    },
  ],
});

function signed(status: Readonly<Record<string, unknown>>, appSecret = secret.appSecret) {
  const body = Buffer.from(
    JSON.stringify({
      object: 'whatsapp_business_account',
      entry: [statusEntry({ biz_opaque_callback_data: CORRELATION_QUERY, ...status })],
    }),
  );
  return callback({
    url: 'https://hooks.example.test/v2/hooks/whatsapp/s',
    headers: { 'x-hub-signature-256': `sha256=${metaSignature(appSecret, body)}` },
    body,
  });
}

const read = (status: Readonly<Record<string, unknown>>) => {
  const parsed = createWhatsapp().parseCallback?.(signed(status), secret);
  return parsed?.verified ? parsed.events : [];
};

const genuine = signed({ status: 'delivered' });

export const WHATSAPP: Harness = {
  create: (url) => createWhatsapp({ baseUrl: url }),
  request: whatsappRequest(),
  before: [],
  accepted: { status: 200, body: { messages: [{ id: 'wamid.TEST' }] } },
  providerId: 'wamid.TEST',
  throttled: refusal(429, 130429),
  broken: refusal(500, 131000),
  codes: {
    table: WHATSAPP_ERRORS,
    answers: META_ROWS,
    answer: (code) => refusal(400, Number(code)),
    reports: META_ROWS,
    report: (code) => read({ status: 'failed', errors: [{ code: Number(code), title: 't' }] }),
  },
  errors: [['a code that we do not know', refusal(400, 7), { class: 'permanent', scope: 'request', code: '7' }]],
  reports: {
    echoes: true,
    words: { sent: 'sent', delivered: 'delivered', read: 'read', failed: 'failed' },
    unknown: 'teleported',
    read: (word, more = {}) => read({ status: word, ...more }),
  },
  callbacks: {
    secret,
    genuine,
    forged: [
      ['signed by another secret', signed({ status: 'delivered' }, 'other')],
      ['without a secret to check it by', genuine, {}],
      ['without a signature', { ...genuine, headers: {} }],
      ['whose body was exchanged', { ...genuine, body: signed({ status: 'failed' }).body }],
    ],
  },
};
