import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTwilio } from '../../shared/providers/twilio/twilio.ts';
import { ACCOUNT_SID, CORRELATION_QUERY, smsRequest, withParams } from './builders.ts';
import { closedUrl, type ProviderServer, startProviderServer } from './provider-server.ts';
import { loadSpec, NOT_CHECKED } from './specs.ts';

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

const NOW = Date.parse('2026-11-22T10:00:00Z');
const twilio = () => createTwilio({ baseUrl: server.url, now: () => NOW });
const created = { status: 201, body: { sid: `SM${'b'.repeat(32)}`, status: 'queued' } };
const refusal = (status: number, code: number) => ({ status, body: { code, message: `error ${code}`, status } });
const sentForm = () => Object.fromEntries(new URLSearchParams(server.requests[0]?.body));

describe('Twilio send', () => {
  test('posts one form and answers with the SID', async () => {
    server.script(created);
    expect(await twilio().send(smsRequest())).toEqual({ outcome: 'accepted', providerId: `SM${'b'.repeat(32)}` });
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({
      method: 'POST',
      path: `/2010-04-01/Accounts/${ACCOUNT_SID}/Messages.json`,
    });
    expect(server.requests[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(sentForm()).toEqual({
      To: '+31646280994',
      From: '+15550001111',
      Body: 'Hello John',
      StatusCallback: `https://hooks.example.test/v2/hooks/twilio/5bb01d0dd99faf11a3f4a399/status?${CORRELATION_QUERY}#rc=3&rp=all`,
    });
  });

  test('authenticates by API key when there is one, else by account SID and auth token', async () => {
    const basic = () => Buffer.from(server.requests[0]?.headers.authorization?.slice(6) ?? '', 'base64').toString();
    server.script(created);
    await twilio().send(smsRequest({ secret: { authToken: 'token' } }));
    expect(basic()).toBe(`${ACCOUNT_SID}:token`);
    server.script(created);
    await twilio().send(smsRequest({ secret: { authToken: 'token', apiKeySid: 'SK1', apiKeySecret: 'secret' } }));
    expect(basic()).toBe('SK1:secret');
  });

  test('sends as the alphanumeric sender, else as the number, else by the messaging service', async () => {
    const messagingServiceSid = `MG${'c'.repeat(32)}`;
    server.script(created);
    await twilio().send(smsRequest({ senderId: 'Overture' }));
    expect(sentForm()).toMatchObject({ From: 'Overture' });
    server.script(created);
    await twilio().send(withParams(smsRequest(), { from: undefined, messagingServiceSid }));
    expect(sentForm()).toMatchObject({ MessagingServiceSid: messagingServiceSid });
    expect(sentForm()).not.toHaveProperty('From');
  });

  test('sends a template as the text that the contact reads', async () => {
    server.script(created);
    await twilio().send(
      smsRequest({
        content: { kind: 'template', name: 'welcome', language: 'nl', parameters: ['John'], text: 'Hoi John' },
      }),
    );
    expect(sentForm()).toMatchObject({ Body: 'Hoi John' });
  });

  test('asks for nothing that the specification does not know', async (context) => {
    const spec = loadSpec('twilio-messages.openapi.yaml');
    if (!spec) return context.skip(NOT_CHECKED);
    const operation = '#/paths/~12010-04-01~1Accounts~1%7BAccountSid%7D~1Messages.json/post';
    const form = `${operation}/requestBody/content/application~1x-www-form-urlencoded/schema`;
    const messagingServiceSid = `MG${'c'.repeat(32)}`;
    for (const request of [smsRequest(), withParams(smsRequest(), { from: undefined, messagingServiceSid })]) {
      server.script(created);
      await twilio().send(request);
      expect(spec.errors(form, sentForm())).toEqual([]);
      expect(spec.unknownProperties(form, sentForm())).toEqual([]);
    }
    expect(spec.errors(form, {})).not.toEqual([]);
  });

  test('succeeds after a 429, which says that nothing was sent', async () => {
    server.script(refusal(429, 20429), created);
    expect(await twilio().send(smsRequest())).toMatchObject({ class: 'throttled', scope: 'account', code: '20429' });
    expect(await twilio().send(smsRequest())).toMatchObject({ outcome: 'accepted' });
    expect(server.requests).toHaveLength(2);
  });

  test('was not sent when the connection is refused', async () => {
    const nobody = createTwilio({ baseUrl: await closedUrl() });
    expect(await nobody.send(smsRequest())).toMatchObject({ class: 'retryable', code: 'connection_refused' });
  });

  test('is unclear when no answer comes, or the connection drops, after exactly one request', async () => {
    server.script('hang');
    expect(await twilio().send(smsRequest({ timeoutMs: 200 }))).toMatchObject({ class: 'ambiguous', code: 'timeout' });
    expect(server.requests).toHaveLength(1);
    server.script('drop');
    expect(await twilio().send(smsRequest())).toMatchObject({ class: 'ambiguous', code: 'connection_lost' });
    expect(server.requests).toHaveLength(1);
  });

  test.each([
    ['a bare 429', { status: 429, body: 'slow down' }, { class: 'throttled', code: 'http_429' }],
    ['a bare 500', { status: 500, body: 'oops' }, { class: 'ambiguous', code: 'http_500' }],
    ['a 503 with a code we do not know', refusal(503, 99999), { class: 'ambiguous', code: 'http_503' }],
    ['a 503 with a code of the table', refusal(503, 20429), { class: 'throttled', code: '20429' }],
    ['a 408', { status: 408 }, { class: 'ambiguous', code: 'http_408' }],
    ['a redirect', { status: 303, headers: { location: '/' } }, { class: 'ambiguous', code: 'http_303' }],
    ['a 400 with a code we do not know', refusal(400, 99999), { class: 'permanent', scope: 'request', code: '99999' }],
    ['a bare 401', { status: 401 }, { class: 'permanent', scope: 'account', code: 'http_401' }],
    ['a 201 that names no message', { status: 201, body: {} }, { class: 'ambiguous', code: 'http_201' }],
    ['a 200 that is no JSON', { status: 200, body: '<html>' }, { class: 'ambiguous', code: 'http_200' }],
    [
      'a message that failed at once',
      { status: 201, body: { sid: 'SM1', status: 'failed', error_code: 21610, error_message: 'stopped' } },
      { class: 'permanent', code: '21610', effect: 'opt_out', message: 'stopped' },
    ],
  ])('judges %s', async (_, script, expected) => {
    server.script(script);
    expect(await twilio().send(smsRequest())).toMatchObject({ outcome: 'rejected', ...expected });
  });

  test.each([
    ['an email', smsRequest({ content: { kind: 'email', subject: 's', text: 't' } }), 'unsupported_content'],
    ['no account', withParams(smsRequest(), { accountSid: undefined }), 'no_credentials'],
    ['no token', smsRequest({ secret: {} }), 'no_credentials'],
    ['no sender', withParams(smsRequest(), { from: undefined }), 'no_sender'],
  ])('refuses %s without a request', async (_, request, code) => {
    server.script(created);
    expect(await twilio().send(request)).toMatchObject({ outcome: 'rejected', class: 'permanent', code });
    expect(server.requests).toHaveLength(0);
  });
});
