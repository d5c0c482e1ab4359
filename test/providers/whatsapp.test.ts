import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TemplateUse } from '../../shared/domain/template-use.ts';
import type { Content } from '../../shared/providers/provider.ts';
import { createWhatsapp } from '../../shared/providers/whatsapp/whatsapp.ts';
import { CORRELATION_QUERY, whatsappRequest, withParams } from './builders.ts';
import { closedUrl, type ProviderServer, startProviderServer } from './provider-server.ts';
import { loadSpec, NOT_CHECKED } from './specs.ts';

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

const whatsapp = () => createWhatsapp({ baseUrl: server.url });
const accepted = {
  status: 200,
  body: {
    messaging_product: 'whatsapp',
    contacts: [{ input: '31646280994', wa_id: '31646280994' }],
    messages: [{ id: 'wamid.TEST', message_status: 'accepted' }],
  },
};
const refusal = (status: number, code: number, details = `details of ${code}`) => ({
  status,
  body: { error: { message: `(#${code})`, type: 'OAuthException', code, error_data: { details }, fbtrace_id: 'x' } },
});
const sentJson = () => JSON.parse(server.requests[0]?.body ?? '{}');
const template = (parameters: string[]) => ({
  kind: 'template' as const,
  name: 'welcome',
  language: 'nl',
  parameters,
  text: 'Hoi John, welkom bij Overture',
});

const RICH: Extract<Content, { kind: 'template' }> = {
  ...template(['John']),
  names: ['first_name'],
  header: { type: 'document', link: 'https://a.nl/b', filename: 'b.pdf' },
  buttons: [
    { index: 1, type: 'quick_reply', value: 'YES' },
    { index: 2, type: 'url', value: 'o/12' },
    { index: 3, type: 'copy_code', value: 'SALE' },
  ],
};

/** Where the document describes each component, and each parameter in it. */
const PARAMETER_SCHEMAS = { text: 'TextParameter', image: 'ImageParameter', document: 'DocumentParameter' };
const COMPONENT_SCHEMAS = {
  header: ['HeaderComponent', PARAMETER_SCHEMAS],
  body: ['BodyComponent', PARAMETER_SCHEMAS],
  button: ['ButtonComponent', { payload: 'ButtonPayloadParameter', text: 'ButtonTextParameter' }],
} as const;

describe('WhatsApp send', () => {
  test('posts one text and answers with the wamid', async () => {
    server.script(accepted);
    expect(await whatsapp().send(whatsappRequest())).toEqual({ outcome: 'accepted', providerId: 'wamid.TEST' });
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({ method: 'POST', path: '/v23.0/106540352242922/messages' });
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer meta-token',
      'content-type': 'application/json',
    });
    expect(sentJson()).toEqual({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: '31646280994',
      biz_opaque_callback_data: CORRELATION_QUERY,
      type: 'text',
      text: { body: 'Hello John', preview_url: false },
    });
  });

  test('names a person who hides their number by Meta’s id of them', async () => {
    server.script(accepted);
    await whatsapp().send(whatsappRequest({ to: 'NL.13491208655302741918' }));
    expect(sentJson()).toMatchObject({ recipient: 'NL.13491208655302741918', type: 'text' });
    expect(sentJson()).not.toHaveProperty('to');
  });

  test('posts a template with its parameters by position', async () => {
    server.script(accepted);
    await whatsapp().send(whatsappRequest({ content: template(['John', 'Overture']) }));
    expect(sentJson()).toMatchObject({
      type: 'template',
      template: {
        name: 'welcome',
        language: { policy: 'deterministic', code: 'nl' },
        components: [
          {
            type: 'body',
            parameters: [
              { type: 'text', text: 'John' },
              { type: 'text', text: 'Overture' },
            ],
          },
        ],
      },
    });
    expect(sentJson()).not.toHaveProperty('text');
  });

  test('posts a template without parameters without components', async () => {
    server.script(accepted);
    await whatsapp().send(whatsappRequest({ content: template([]) }));
    expect(sentJson().template).toEqual({ name: 'welcome', language: { policy: 'deterministic', code: 'nl' } });
  });

  test('posts header, named parameters and buttons as Meta takes them', async () => {
    server.script(accepted);
    await whatsapp().send(whatsappRequest({ content: RICH }));
    expect(sentJson().template.components).toEqual([
      { type: 'header', parameters: [{ type: 'document', document: { link: 'https://a.nl/b', filename: 'b.pdf' } }] },
      { type: 'body', parameters: [{ type: 'text', parameter_name: 'first_name', text: 'John' }] },
      { type: 'button', sub_type: 'quick_reply', index: '1', parameters: [{ type: 'payload', payload: 'YES' }] },
      { type: 'button', sub_type: 'url', index: '2', parameters: [{ type: 'text', text: 'o/12' }] },
      {
        type: 'button',
        sub_type: 'copy_code',
        index: '3',
        parameters: [{ type: 'coupon_code', coupon_code: 'SALE' }],
      },
    ]);
  });

  test.each<[TemplateUse['header'], unknown]>([
    [
      { type: 'text', text: 'News' },
      { type: 'text', text: 'News' },
    ],
    [
      { type: 'image', link: 'https://a.nl/b.png' },
      { type: 'image', image: { link: 'https://a.nl/b.png' } },
    ],
    [
      { type: 'video', link: 'https://a.nl/b.mp4' },
      { type: 'video', video: { link: 'https://a.nl/b.mp4' } },
    ],
    [
      { type: 'location', latitude: 52.37, longitude: 4.9, name: 'Garage' },
      { type: 'location', location: { latitude: '52.37', longitude: '4.9', name: 'Garage' } },
    ],
  ])('posts a header %j', async (header, parameter) => {
    server.script(accepted);
    await whatsapp().send(whatsappRequest({ content: { ...template([]), header } }));
    expect(sentJson().template.components).toEqual([{ type: 'header', parameters: [parameter] }]);
  });

  test('says what the specification says, and one field more', async (context) => {
    const spec = loadSpec('meta-whatsapp-cloud.openapi.yaml');
    if (!spec) return context.skip(NOT_CHECKED);
    // Named parameters, codes to copy and locations are not in the document, whose pattern for `index` excludes 0.
    const { names: _, buttons = [], ...documented } = RICH;
    const contents: Content[] = [
      { kind: 'text', text: 'Hello' },
      template(['John']),
      template([]),
      { ...documented, buttons: buttons.filter(({ type }) => type !== 'copy_code') },
      { ...template([]), header: { type: 'image', link: 'https://a.nl/b.png' } },
      { ...template([]), header: { type: 'text', text: 'News' } },
    ];
    for (const content of contents) {
      server.script(accepted);
      await whatsapp().send(whatsappRequest({ content }));
      const { biz_opaque_callback_data, ...specified } = sentJson();
      expect(biz_opaque_callback_data).toBe(CORRELATION_QUERY);
      const schema = content.kind === 'text' ? 'TextMessage' : 'TemplateMessage';
      expect(spec.errors(`#/components/schemas/${schema}`, specified)).toEqual([]);
      for (const component of specified.template?.components ?? []) {
        const [of, schemas] = COMPONENT_SCHEMAS[component.type as keyof typeof COMPONENT_SCHEMAS];
        expect(spec.errors(`#/components/schemas/${of}`, component)).toEqual([]);
        for (const parameter of component.parameters) {
          const name = schemas[parameter.type as keyof typeof schemas];
          expect(spec.errors(`#/components/schemas/${name}`, parameter)).toEqual([]);
        }
      }
      expect(spec.errors(`#/components/schemas/${schema}`, { ...specified, recipient_type: undefined })).not.toEqual(
        [],
      );
    }
    expect(spec.errors('#/components/schemas/TextMessage', { ...sentJson(), type: 'text' })).not.toEqual([]);
    expect(spec.errors('#/components/schemas/MessageResponsePayload', accepted.body)).toEqual([]);
  });

  test('succeeds after a 429, which says that nothing was sent', async () => {
    server.script(refusal(429, 130429), accepted);
    expect(await whatsapp().send(whatsappRequest())).toMatchObject({ class: 'throttled', code: '130429' });
    expect(await whatsapp().send(whatsappRequest())).toMatchObject({ outcome: 'accepted' });
    expect(server.requests).toHaveLength(2);
  });

  test('was not sent when the connection is refused', async () => {
    const nobody = createWhatsapp({ baseUrl: await closedUrl() });
    expect(await nobody.send(whatsappRequest())).toMatchObject({ class: 'retryable', code: 'connection_refused' });
  });

  test('is unclear when no answer comes, or the connection drops, after exactly one request', async () => {
    server.script('hang');
    expect(await whatsapp().send(whatsappRequest({ timeoutMs: 200 }))).toMatchObject({
      class: 'ambiguous',
      code: 'timeout',
    });
    expect(server.requests).toHaveLength(1);
    server.script('drop');
    expect(await whatsapp().send(whatsappRequest())).toMatchObject({ class: 'ambiguous', code: 'connection_lost' });
    expect(server.requests).toHaveLength(1);
  });

  test.each([
    ['a bare 500', { status: 500, body: 'oops' }, { class: 'ambiguous', code: 'http_500' }],
    ['a 500 with a code we do not know', refusal(500, 987654), { class: 'ambiguous', code: 'http_500' }],
    ['a 500 whose code says to try again', refusal(500, 131000), { class: 'ambiguous', code: '131000' }],
    ['a 500 whose code is final', refusal(500, 131026), { class: 'permanent', code: '131026' }],
    [
      'a 400 with a code we do not know',
      refusal(400, 987654),
      { class: 'permanent', scope: 'request', code: '987654' },
    ],
    ['a bare 429', { status: 429 }, { class: 'throttled', code: 'http_429' }],
    ['a 200 that names no message', { status: 200, body: { messages: [] } }, { class: 'ambiguous', code: 'http_200' }],
    ['a 500 that names a message', { status: 500, body: accepted.body }, { class: 'ambiguous', code: 'http_500' }],
    ['a 200 that is no JSON', { status: 200, body: '<html>' }, { class: 'ambiguous', code: 'http_200' }],
    [
      'an error without details',
      { status: 400, body: { error: { code: 100, message: 'Invalid' } } },
      { message: 'Invalid' },
    ],
  ])('judges %s', async (_, script, expected) => {
    server.script(script);
    expect(await whatsapp().send(whatsappRequest())).toMatchObject({ outcome: 'rejected', ...expected });
  });

  test.each([
    ['an email', whatsappRequest({ content: { kind: 'email', subject: 's', text: 't' } }), 'unsupported_content'],
    ['no phone number id', withParams(whatsappRequest(), { phoneNumberId: undefined }), 'no_sender'],
    ['no access token', whatsappRequest({ secret: {} }), 'no_credentials'],
  ])('refuses %s without a request', async (_, request, code) => {
    server.script(accepted);
    expect(await whatsapp().send(request)).toMatchObject({ outcome: 'rejected', class: 'permanent', code });
    expect(server.requests).toHaveLength(0);
  });
});
