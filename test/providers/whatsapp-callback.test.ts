import { describe, expect, test } from 'vitest';
import { isSignedByMeta, metaSignature } from '../../shared/providers/whatsapp/signature.ts';
import { createWhatsapp } from '../../shared/providers/whatsapp/whatsapp.ts';
import { CORRELATION, CORRELATION_QUERY, callback } from './builders.ts';
import { loadSpec, NOT_CHECKED } from './specs.ts';

const SECRET = { appSecret: 'test-app-secret', verifyToken: 'verify-me' };
const URL_OF_HOOK = 'https://hooks.example.test/v2/hooks/whatsapp/5bb01d0dd99faf11a3f4a399';
const VECTOR_BODY =
  '{"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":[{"value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550783881","phone_number_id":"106540352242922"},"statuses":[{"id":"wamid.TEST","status":"delivered","timestamp":"1750030073","recipient_id":"31646280994"}]},"field":"messages"}]}]}';
const VECTOR_SIGNATURE = 'sha256=586c6fbde770bcea9a4c56415803dff7781f06a2efb842709db628157a4f63d8';

const signed = (body: string, signature = `sha256=${metaSignature(SECRET.appSecret, Buffer.from(body))}`) =>
  callback({ url: URL_OF_HOOK, headers: { 'x-hub-signature-256': signature }, body: Buffer.from(body) });
const parse = (request: ReturnType<typeof callback>, secret: Record<string, string | undefined> = SECRET) =>
  createWhatsapp().parseCallback?.(request, secret);

const metadata = { display_phone_number: '15550783881', phone_number_id: '106540352242922' };
const webhook = (...values: object[]) => ({
  object: 'whatsapp_business_account',
  entry: values.map((value) => ({
    id: '102290129340398',
    changes: [{ field: 'messages', value: { messaging_product: 'whatsapp', metadata, ...value } }],
  })),
});
const eventsOf = (payload: unknown) => {
  const parsed = parse(signed(JSON.stringify(payload)));
  return parsed?.verified ? parsed.events : parsed;
};
const status = (fields: object = {}) => ({
  id: 'wamid.OUT',
  status: 'delivered',
  timestamp: '1750030073',
  recipient_id: '31646280994',
  biz_opaque_callback_data: CORRELATION_QUERY,
  ...fields,
});
const message = (fields: object) => ({ id: 'wamid.IN', from: '31646280994', timestamp: '1750030073', ...fields });

describe('a decision about a template', () => {
  const decision = (value: object) =>
    eventsOf({
      object: 'whatsapp_business_account',
      entry: [{ id: '102290129340398', changes: [{ field: 'message_template_status_update', value }] }],
    });
  const told = {
    event: 'REJECTED',
    message_template_id: 1689556908129832,
    message_template_name: 'order_confirmation',
    message_template_language: 'en-US',
    reason: 'NONE',
  };
  const event = { kind: 'template', name: 'order_confirmation', language: 'en_US', status: 'REJECTED' };

  test.each<[string, object, object]>([
    ['without a reason', {}, {}],
    ['with none at all', { reason: null }, {}],
    ['with a word for it', { reason: 'SCAM' }, { reason: 'SCAM' }],
    [
      'with a word and what is meant',
      { reason: 'INVALID_FORMAT', rejection_info: { reason: 'Too many emojis.', recommendation: 'Fewer.' } },
      { reason: 'INVALID_FORMAT: Too many emojis.' },
    ],
    [
      'about a pause',
      { event: 'PAUSED', other_info: { title: 'FIRST_PAUSE', description: 'Paused for 3 hours.' } },
      { status: 'PAUSED', reason: 'Paused for 3 hours.' },
    ],
  ])('is read %s', (_, fields, expected) =>
    expect(decision({ ...told, ...fields })).toEqual([{ ...event, ...expected }]),
  );

  test('that names no template is nothing', () => expect(decision({ event: 'PAUSED' })).toEqual([]));
});

describe('Meta signature', () => {
  test('equals the published vectors', () => {
    expect(metaSignature('secret', Buffer.from('test'))).toBe(
      '0329a06b62cd16b33eb6792be8c60b158d89a2ee3a876fce9a881ebb488c0914',
    );
    expect(Buffer.byteLength(VECTOR_BODY)).toBe(341);
    expect(isSignedByMeta('test-app-secret', Buffer.from(VECTOR_BODY), VECTOR_SIGNATURE)).toBe(true);
  });

  test.each([
    ['a changed byte', 'test-app-secret', VECTOR_BODY.replace('delivered', 'delivereD'), VECTOR_SIGNATURE],
    ['another secret', 'other', VECTOR_BODY, VECTOR_SIGNATURE],
    ['no prefix', 'test-app-secret', VECTOR_BODY, VECTOR_SIGNATURE.slice(7)],
    ['no signature', 'test-app-secret', VECTOR_BODY, undefined],
    ['no secret', undefined, VECTOR_BODY, VECTOR_SIGNATURE],
    ['an empty secret', '', VECTOR_BODY, `sha256=${metaSignature('', Buffer.from(VECTOR_BODY))}`],
  ])('fails with %s', (_, secret, body, signature) => {
    expect(isSignedByMeta(secret, Buffer.from(body), signature)).toBe(false);
  });
});

describe('the subscription of a webhook', () => {
  const get = (query: string) => callback({ method: 'GET', url: `${URL_OF_HOOK}?${query}` });

  test('is confirmed by the challenge when the token is ours', () => {
    expect(parse(get('hub.mode=subscribe&hub.verify_token=verify-me&hub.challenge=1158201444'))).toEqual({
      verified: true,
      events: [],
      answer: { status: 200, contentType: 'text/plain', body: '1158201444' },
    });
  });

  test.each([
    ['another token', 'hub.mode=subscribe&hub.verify_token=other&hub.challenge=1', SECRET],
    ['no token', 'hub.mode=subscribe&hub.challenge=1', SECRET],
    ['another mode', 'hub.mode=unsubscribe&hub.verify_token=verify-me&hub.challenge=1', SECRET],
    ['a service without a token', 'hub.mode=subscribe&hub.verify_token=&hub.challenge=1', {}],
  ])('is not confirmed with %s', (_, query, secret) => {
    expect(parse(get(query), secret)).toMatchObject({ verified: false });
  });
});

describe('WhatsApp status', () => {
  test('tells what became of the message that the opaque data names', () => {
    expect(parse(signed(JSON.stringify(webhook({ statuses: [status()] }))))).toEqual({
      verified: true,
      events: [
        {
          kind: 'delivery',
          providerId: 'wamid.OUT',
          correlation: CORRELATION,
          status: 'delivered',
          at: 1_750_030_073_000,
        },
      ],
      answer: { status: 200, contentType: 'text/plain', body: '' },
    });
  });

  test.each([
    ['sent', 'sent'],
    ['delivered', 'delivered'],
    ['read', 'read'],
    ['played', 'read'],
    ['failed', 'failed'],
  ])('maps %s to %s', (word, expected) => {
    expect(eventsOf(webhook({ statuses: [status({ status: word })] }))).toMatchObject([{ status: expected }]);
  });

  test.each([
    [131047, { code: '131047', class: 'permanent', effect: 'needs_template' }],
    [131050, { code: '131050', class: 'permanent', effect: 'marketing_stop' }],
    [131026, { code: '131026', class: 'permanent' }],
    [130429, { code: '130429', class: 'throttled' }],
    [987654, { code: '987654', class: 'permanent' }],
  ])('reports the error %i by the table', (code, error) => {
    const errors = [{ code, title: 'title', message: 'message', error_data: { details: 'details' } }];
    expect(eventsOf(webhook({ statuses: [status({ status: 'failed', errors })] }))).toMatchObject([
      { status: 'failed', error: { ...error, message: 'details' } },
    ]);
  });

  test('reports a failure without a reason as permanent', () => {
    expect(eventsOf(webhook({ statuses: [status({ status: 'failed' })] }))).toMatchObject([
      { error: { code: 'failed', class: 'permanent' } },
    ]);
  });

  test('without opaque data, or with foreign data, still has the wamid', () => {
    for (const biz_opaque_callback_data of [undefined, 'order-17', 42]) {
      const [event] = eventsOf(webhook({ statuses: [status({ biz_opaque_callback_data })] })) as object[];
      expect(event).toMatchObject({ providerId: 'wamid.OUT' });
      expect(event).not.toHaveProperty('correlation');
    }
  });

  test('gives the same event when it comes twice', () => {
    const payload = webhook({ statuses: [status()] });
    expect(eventsOf(payload)).toEqual(eventsOf(payload));
  });

  test('is no event when it is unknown', () => {
    expect(eventsOf(webhook({ statuses: [status({ status: 'levitating' })] }))).toEqual([]);
  });
});

describe('WhatsApp inbound message', () => {
  const inbound = (fields: object, contacts: object[] = []) =>
    eventsOf(webhook({ contacts, messages: [message(fields)] }));

  test('is an event with the name of the profile', () => {
    const contacts = [{ wa_id: '31646280994', profile: { name: 'John' } }];
    expect(inbound({ type: 'text', text: { body: 'Hi' } }, contacts)).toEqual([
      {
        kind: 'inbound',
        touchpoint: 'whatsapp',
        providerId: 'wamid.IN',
        from: '+31646280994',
        to: '106540352242922',
        text: 'Hi',
        media: [],
        at: 1_750_030_073_000,
        profileName: 'John',
      },
    ]);
  });

  test.each([
    [{ type: 'button', button: { text: 'Yes', payload: 'YES' } }, 'Yes', []],
    [{ type: 'interactive', interactive: { type: 'button_reply', button_reply: { id: '1', title: 'Ok' } } }, 'Ok', []],
    [{ type: 'interactive', interactive: { type: 'list_reply', list_reply: { id: '1', title: 'Two' } } }, 'Two', []],
    [{ type: 'interactive', interactive: { type: 'nfm_reply', nfm_reply: {} } }, '[interactive]', []],
    [{ type: 'image', image: { id: '77', mime_type: 'image/png', caption: 'Look' } }, 'Look', ['77']],
    [{ type: 'audio', audio: { id: '78', voice: true } }, '[audio]', ['78']],
    [
      { type: 'document', document: { link: 'https://m.test/a.pdf', id: '79' } },
      '[document]',
      ['https://m.test/a.pdf'],
    ],
    [{ type: 'location', location: { latitude: 52.37, longitude: 4.89 } }, '[location]', []],
    [{ type: 'reaction', reaction: { message_id: 'wamid.OUT', emoji: '👍' } }, '[reaction 👍]', []],
    [{ type: 'reaction', reaction: { message_id: 'wamid.OUT' } }, '[reaction]', []],
    [{ type: 'unsupported', errors: [{ code: 131051 }] }, '[unsupported]', []],
    [{ type: 'text', text: 'not an object' }, '[text]', []],
  ])('reads %j', (fields, text, media) => {
    expect(inbound(fields)).toMatchObject([{ text, media }]);
  });

  test('is from Meta’s id of a person who hides their number, and has it beside a number that is shown', () => {
    const said = { type: 'text', text: { body: 'Hi' }, from_user_id: 'NL.13491208655302741918' };
    const contacts = [{ user_id: 'NL.13491208655302741918', profile: { name: 'Ana' } }];
    expect(inbound({ ...said, from: undefined }, contacts)).toMatchObject([
      { from: 'NL.13491208655302741918', profileName: 'Ana' },
    ]);
    expect(inbound({ ...said, from: undefined })).toEqual([expect.not.objectContaining({ userId: expect.anything() })]);
    expect(inbound(said)).toMatchObject([{ from: '+31646280994', userId: 'NL.13491208655302741918' }]);
    expect(inbound({ ...said, from_user_id: 'NL.ENT.12' })).toEqual([
      expect.not.objectContaining({ userId: expect.anything() }),
    ]);
  });

  test('is no event when Meta speaks, or when nobody is named', () => {
    expect(inbound({ type: 'system', system: { body: 'changed number' } })).toEqual([]);
    expect(inbound({ type: 'text', text: { body: 'Hi' }, from: 'NL.13491208655302741918' })).toEqual([]);
    expect(inbound({ type: 'text', text: { body: 'Hi' }, from: undefined })).toEqual([]);
  });
});

describe('a WhatsApp webhook', () => {
  test('is believed with the published vector', () => {
    expect(parse(signed(VECTOR_BODY, VECTOR_SIGNATURE))).toMatchObject({
      verified: true,
      events: [{ providerId: 'wamid.TEST', status: 'delivered' }],
    });
  });

  test('is not believed with a wrong signature, or without a secret', () => {
    expect(parse(signed(VECTOR_BODY, VECTOR_SIGNATURE.replace('5', '6')))).toMatchObject({ verified: false });
    expect(parse(signed(VECTOR_BODY, VECTOR_SIGNATURE), {})).toMatchObject({ verified: false });
  });

  test('is read to the last entry, change and item', () => {
    const payload = webhook(
      { statuses: [status({ id: 'wamid.1' }), status({ id: 'wamid.2' })] },
      { statuses: [status({ id: 'wamid.3' })], messages: [message({ type: 'text', text: { body: 'Hi' } })] },
    );
    payload.entry[0]?.changes.push(...(webhook({ statuses: [status({ id: 'wamid.4' })] }).entry[0]?.changes ?? []));
    expect(eventsOf(payload)).toMatchObject([
      { providerId: 'wamid.1' },
      { providerId: 'wamid.2' },
      { providerId: 'wamid.4' },
      { providerId: 'wamid.3' },
      { providerId: 'wamid.IN' },
    ]);
  });

  test('keeps the good items when one of the batch is malformed', () => {
    expect(
      eventsOf(webhook({ statuses: [{ id: 7 }, null, status()], contacts: [null] }, { statuses: 'none' })),
    ).toMatchObject([{ providerId: 'wamid.OUT' }]);
  });

  test('may carry fields that nobody announced', () => {
    const news = { pricing: { billable: true, zeta: 1 }, conversation: { id: 'x' }, zeta: [1] };
    expect(eventsOf({ ...webhook({ statuses: [status(news)], zeta: 1 }), zeta: 1 })).toHaveLength(1);
  });

  test.each([
    [
      'another field',
      { object: 'whatsapp_business_account', entry: [{ changes: [{ field: 'account_update', value: {} }] }] },
    ],
    ['no entries', { object: 'whatsapp_business_account' }],
    ['no object', 'hello'],
  ])('is no event with %s', (_, payload) => {
    expect(eventsOf(payload)).toEqual([]);
  });

  test('is no event when it is signed but no JSON', () => {
    expect(parse(signed('{'))).toMatchObject({ verified: true, events: [] });
  });

  test('is an event in each example of the specification in which a contact speaks or a status is told', (context) => {
    const spec = loadSpec('meta-whatsapp-cloud.openapi.yaml');
    if (!spec) return context.skip(NOT_CHECKED);
    const examples = Object.entries(
      spec.at('#/paths/~1whatsapp~1webhooks/post/requestBody/content/application~1json/examples'),
    );
    expect(examples.length).toBeGreaterThan(10);
    const silent = examples.filter(([, example]) => (eventsOf(Object(example).value) as unknown[]).length === 0);
    expect(silent.map(([name]) => name).sort()).toEqual([
      'Group Create Message',
      'Group Remove Participants',
      'Group Settings Update',
      'System Message',
    ]);
  });
});
