import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Content } from '../../shared/providers/provider.ts';
import { formParams, twilioSignature } from '../../shared/providers/twilio/signature.ts';
import { createTwilio } from '../../shared/providers/twilio/twilio.ts';
import { CORRELATION_QUERY, callback, smsRequest, withParams } from './builders.ts';
import { type ProviderServer, startProviderServer } from './provider-server.ts';
import { loadSpec, NOT_CHECKED } from './specs.ts';

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

const CONTENT_SID = `HX${'d'.repeat(32)}`;
const created = { status: 201, body: { sid: `SM${'b'.repeat(32)}`, status: 'queued' } };
const twilio = () => createTwilio({ baseUrl: server.url });
const sentForm = () => Object.fromEntries(new URLSearchParams(server.requests[0]?.body));
const template = (parameters: string[], language = 'nl'): Content => ({
  kind: 'template',
  name: 'welcome',
  language,
  parameters,
  text: 'Hoi John, welkom bij Overture',
});
const filling = (more: Partial<Extract<Content, { kind: 'template' }>>): Content =>
  ({ ...template(['John']), ...more }) as Content;
const request = (content: Content = { kind: 'text', text: 'Hello John' }) =>
  withParams(smsRequest({ touchpoint: 'whatsapp', content, senderId: 'Overture' }), {
    whatsappFrom: '+15550002222',
    'contentSid:welcome:nl': CONTENT_SID,
  });
const lookup = (content?: Content) => twilio().lookup?.({ ...request(content), since: 0 });

describe('WhatsApp by Twilio', () => {
  test('goes between WhatsApp addresses, and from the number whatever sender the message names', async () => {
    server.script(created);
    await twilio().send(request());
    expect(sentForm()).toEqual({
      To: 'whatsapp:+31646280994',
      From: 'whatsapp:+15550002222',
      Body: 'Hello John',
      StatusCallback: `https://hooks.example.test/v2/hooks/twilio/5bb01d0dd99faf11a3f4a399/status?${CORRELATION_QUERY}#rc=3&rp=all`,
    });
  });

  test('sends a template as the Content of this account, with its parameters by position or name', async () => {
    server.script(created);
    await twilio().send(request(template(['John', 'Overture'])));
    expect(sentForm()).toMatchObject({ ContentSid: CONTENT_SID, ContentVariables: '{"1":"John","2":"Overture"}' });
    expect(sentForm()).not.toHaveProperty('Body');
    server.script(created);
    await twilio().send(request(template([])));
    expect(sentForm()).not.toHaveProperty('ContentVariables');
    server.script(created);
    await twilio().send(request(filling({ names: ['first_name'] })));
    expect(sentForm()).toMatchObject({ ContentVariables: '{"first_name":"John"}' });
  });

  test.each([
    ['a template that the account has no Content for', request(template([], 'en')), 'template', 'unsupported_content'],
    [
      'what fills a header',
      request(filling({ header: { type: 'text', text: 'Hi' } })),
      'template',
      'unsupported_content',
    ],
    [
      'what fills a button',
      request(filling({ buttons: [{ index: 0, type: 'url', value: 'x' }] })),
      'template',
      'unsupported_content',
    ],
    ['without a WhatsApp sender', withParams(request(), { whatsappFrom: undefined }), 'sender', 'no_sender'],
  ])('refuses %s without a request', async (_, refused, scope, code) => {
    server.script(created);
    expect(await twilio().send(refused)).toMatchObject({ class: 'permanent', scope, code });
    expect(server.requests).toHaveLength(0);
  });

  test('asks for nothing that the specification does not know', async (context) => {
    const spec = loadSpec('twilio-messages.openapi.yaml');
    if (!spec) return context.skip(NOT_CHECKED);
    const operation = '#/paths/~12010-04-01~1Accounts~1%7BAccountSid%7D~1Messages.json/post';
    const form = `${operation}/requestBody/content/application~1x-www-form-urlencoded/schema`;
    for (const content of [undefined, template(['John'])]) {
      server.script(created);
      await twilio().send(request(content));
      expect(spec.errors(form, sentForm())).toEqual([]);
      expect(spec.unknownProperties(form, sentForm())).toEqual([]);
    }
  });

  test('is looked for at its WhatsApp address, a template not at all', async () => {
    server.script({ status: 200, body: { messages: [] } });
    expect(await lookup()).toEqual({ outcome: 'absent' });
    expect(server.requests[0]?.query.get('To')).toBe('whatsapp:+31646280994');
    server.script({ status: 200, body: { messages: [] } });
    expect(await lookup(template([]))).toMatchObject({ outcome: 'unclear' });
    expect(server.requests).toHaveLength(0);
  });

  test.each([
    [
      'whatsapp:+31646280994',
      'whatsapp:+15550002222',
      { touchpoint: 'whatsapp', from: '+31646280994', to: '+15550002222' },
    ],
    ['+31646280994', '+15550001111', { touchpoint: 'sms', from: '+31646280994', to: '+15550001111' }],
    ['messenger:1234567', 'messenger:7654321', undefined],
    ['whatsapp:BSUID', 'whatsapp:+15550002222', undefined],
  ])('a reply from %s to %s is %j', (From, To, expected) => {
    const url = 'https://hooks.example.test/v2/hooks/twilio/s/inbound';
    const body = new URLSearchParams({ MessageSid: 'SM9', From, To, Body: 'Ja', NumMedia: '0' }).toString();
    const headers = { 'x-twilio-signature': twilioSignature('token', url, formParams(body)) };
    const parsed = twilio().parseCallback?.(callback({ url, headers, body: Buffer.from(body) }), {
      authToken: 'token',
    });
    expect(parsed).toMatchObject({ verified: true, events: expected ? [expected] : [] });
  });
});
