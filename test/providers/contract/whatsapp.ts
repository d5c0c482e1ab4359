import { metaSignature } from '../../../shared/providers/whatsapp/signature.ts';
import { createWhatsapp } from '../../../shared/providers/whatsapp/whatsapp.ts';
import { CORRELATION_QUERY, callback, whatsappRequest } from '../builders.ts';
import type { Script } from '../provider-server.ts';
import type { Harness } from './suite.ts';

const secret = { appSecret: 'test-app-secret' };

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

const genuine = signed({ status: 'delivered' });

export const WHATSAPP: Harness = {
  create: (url) => createWhatsapp({ baseUrl: url }),
  request: whatsappRequest(),
  before: [],
  accepted: { status: 200, body: { messages: [{ id: 'wamid.TEST' }] } },
  providerId: 'wamid.TEST',
  throttled: refusal(429, 130429),
  broken: refusal(500, 131000),
  errors: [
    ['131026', refusal(400, 131026), { class: 'permanent', scope: 'recipient', code: '131026' }],
    ['131047', refusal(400, 131047), { class: 'permanent', effect: 'needs_template' }],
    ['131050', refusal(400, 131050), { class: 'permanent', effect: 'marketing_stop' }],
    ['132015', refusal(400, 132015), { class: 'permanent', scope: 'template', effect: 'template_off' }],
  ],
  reports: {
    echoes: true,
    words: { sent: 'sent', delivered: 'delivered', read: 'read', failed: 'failed' },
    unknown: 'teleported',
    read(word, more = {}) {
      const parsed = createWhatsapp().parseCallback?.(signed({ status: word, ...more }), secret);
      return parsed?.verified ? parsed.events : [];
    },
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
