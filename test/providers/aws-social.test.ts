import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAwsSocial } from '../../shared/providers/aws-social/aws-social.ts';
import type { Content } from '../../shared/providers/provider.ts';
import { awsSocialRequest, CORRELATION, CORRELATION_QUERY } from './builders.ts';
import { socialEvent } from './contract/aws-social.ts';
import { statusEntry } from './contract/whatsapp.ts';
import { type ProviderServer, startProviderServer } from './provider-server.ts';
import { loadSpec, NOT_CHECKED } from './specs.ts';

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

const ID = '4bee7d29-70f5-4a49-b84e-facf4424fe58';
const accepted = { status: 200, body: { messageId: ID } };
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const social = () => createAwsSocial({ endpoint: server.url, region: 'eu-west-1', credentials });
const sentJson = () => JSON.parse(server.requests[0]?.body ?? '{}');
const sentMessage = () => JSON.parse(Buffer.from(sentJson().message, 'base64').toString('utf8'));
const template: Content = { kind: 'template', name: 'welcome', language: 'nl', parameters: ['John'], text: 'Hoi John' };

describe('WhatsApp by AWS', () => {
  test('goes as one signed SendWhatsAppMessage, on a connection of its own', async () => {
    server.script(accepted);
    await social().send(awsSocialRequest());
    expect(server.requests[0]).toMatchObject({ method: 'POST', path: '/v1/whatsapp/send' });
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: expect.stringContaining('/eu-west-1/social-messaging/aws4_request'),
      connection: 'close',
    });
    expect(sentJson()).toMatchObject({
      originationPhoneNumberId: 'phone-number-id-01234567890123456789012345678901',
      metaApiVersion: 'v23.0',
    });
  });

  test('carries Meta’s message, to a number with its plus', async () => {
    server.script(accepted);
    await social().send(awsSocialRequest());
    expect(sentMessage()).toEqual({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: '+31646280994',
      biz_opaque_callback_data: CORRELATION_QUERY,
      type: 'text',
      text: { body: 'Hello John', preview_url: false },
    });
  });

  test('says what the specifications of AWS and Meta say', async (context) => {
    const aws = loadSpec('aws-socialmessaging.openapi.yaml');
    const meta = loadSpec('meta-whatsapp-cloud.openapi.yaml');
    if (!aws || !meta) return context.skip(NOT_CHECKED);
    for (const [schema, content] of [
      ['TextMessage', undefined],
      ['TemplateMessage', template],
    ] as const) {
      server.script(accepted);
      await social().send(awsSocialRequest(content && { content }));
      expect(aws.errors('#/components/schemas/SendWhatsAppMessageInput', sentJson())).toEqual([]);
      expect(aws.unknownProperties('#/components/schemas/SendWhatsAppMessageInput', sentJson())).toEqual([]);
      const { biz_opaque_callback_data: _, ...specified } = sentMessage();
      expect(meta.errors(`#/components/schemas/${schema}`, specified)).toEqual([]);
    }
    expect(aws.errors('#/components/schemas/SendWhatsAppMessageInput', {})).not.toEqual([]);
  });

  test('may have been sent when the answer names no message', async () => {
    server.script({ status: 200, body: {} });
    expect(await social().send(awsSocialRequest())).toMatchObject({ class: 'ambiguous' });
  });
});

const parse = (event: Parameters<NonNullable<ReturnType<typeof social>['parseEvent']>>[0]) =>
  social().parseEvent?.(event, 0);

describe('an event of AWS about WhatsApp', () => {
  test('from the bus is Meta’s status under the id of AWS', () => {
    expect(parse(socialEvent('delivered'))).toEqual([
      { kind: 'delivery', providerId: ID, status: 'delivered', at: 1759466063000 },
    ]);
    expect(parse(socialEvent('failed'))).toMatchObject([
      { status: 'failed', error: { code: '131026', class: 'permanent', message: 'no' } },
    ]);
  });

  test('that a message is undeliverable is a failure', () => {
    const undeliverable = { ...socialEvent('undeliverable'), detailType: 'WhatsApp Message Undeliverable' };
    expect(parse(undeliverable)).toMatchObject([{ status: 'failed', error: { class: 'permanent' } }]);
  });

  const fromTopic = (entry: object, messageId: string | undefined = ID) => ({
    source: 'aws.sns',
    detailType: '',
    detail: { context: {}, whatsAppWebhookEntry: JSON.stringify(entry), message_timestamp: 'now', messageId },
  });

  test('from the topic is Meta’s webhook, by the ids of both', () =>
    expect(parse(fromTopic(statusEntry({ status: 'read' })))).toMatchObject([
      { providerId: 'wamid.TEST', status: 'read' },
      { providerId: ID, status: 'read' },
    ]));

  test('with our correlation needs no second id', () => {
    const entry = statusEntry({ status: 'read', biz_opaque_callback_data: CORRELATION_QUERY });
    expect(parse(fromTopic(entry))).toMatchObject([{ providerId: 'wamid.TEST', correlation: CORRELATION }]);
    expect(parse(fromTopic(entry))).toHaveLength(1);
  });

  test('with a reply is what the contact wrote to Meta’s number', () => {
    const value = {
      metadata: { phone_number_id: '574086085794038' },
      contacts: [{ wa_id: '31646280994', profile: { name: 'John' } }],
      messages: [{ id: 'wamid.9', from: '31646280994', timestamp: '1750030073', type: 'text', text: { body: 'Ja' } }],
    };
    expect(parse(fromTopic({ id: 'waba', changes: [{ field: 'messages', value }] }))).toEqual([
      {
        kind: 'inbound',
        providerId: 'wamid.9',
        touchpoint: 'whatsapp',
        from: '+31646280994',
        to: '574086085794038',
        text: 'Ja',
        media: [],
        at: 1750030073000,
        profileName: 'John',
      },
    ]);
  });
});
