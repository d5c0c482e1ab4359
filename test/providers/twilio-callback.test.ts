import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { formParams, isSignedByTwilio, twilioSignature } from '../../shared/providers/twilio/signature.ts';
import { createTwilio } from '../../shared/providers/twilio/twilio.ts';
import { CORRELATION, CORRELATION_QUERY, callback } from './builders.ts';

const TOKEN = 'test-auth-token-0000000000000000';
const SID = `SM${'a'.repeat(32)}`;
const ACCOUNT = `AC${'a'.repeat(32)}`;
const STATUS_URL = `https://hooks.example.test/v2/hooks/twilio/5bb01d0dd99faf11a3f4a399/status?${CORRELATION_QUERY}`;
const INBOUND_URL = 'https://hooks.example.test/v2/hooks/twilio/5bb01d0dd99faf11a3f4a399/inbound';

const signed = (url: string, form: URLSearchParams, signature = twilioSignature(TOKEN, url, formParams(`${form}`))) =>
  callback({
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature },
    body: Buffer.from(form.toString()),
  });
const parse = (request: ReturnType<typeof callback>, authToken: string | undefined = TOKEN) =>
  createTwilio().parseCallback?.(request, { authToken });

const statusForm = (fields: Record<string, string> = {}) =>
  new URLSearchParams({
    MessageSid: SID,
    MessageStatus: 'delivered',
    To: '+31646280994',
    From: '+15550001111',
    ...fields,
  });
const inboundForm = (fields: Record<string, string> = {}) =>
  new URLSearchParams({
    MessageSid: SID,
    From: '+31646280994',
    To: '+15550001111',
    Body: 'Hi',
    NumMedia: '0',
    ...fields,
  });

const events = (request: ReturnType<typeof callback>) => {
  const parsed = parse(request);
  return parsed?.verified ? parsed.events : parsed;
};

describe('Twilio signature', () => {
  const sdkForm = new URLSearchParams({
    CallSid: 'CA1234567890ABCDE',
    Caller: '+14158675309',
    Digits: '1234',
    From: '+14158675309',
    To: '+18005551212',
  });
  const SDK_URL = 'https://mycompany.com/myapp.php?foo=1&bar=2';
  const SDK_SIGNATURE = 'RSOYDt4T1cUTdK1PDd93/VVr8B8=';
  const verify = (url: string, signature: string, body: string, token = '12345') =>
    isSignedByTwilio(token, { url, signature, body: Buffer.from(body) });

  test('equals the vector of the SDK', () => {
    expect(twilioSignature('12345', SDK_URL, formParams(`${sdkForm}`))).toBe(SDK_SIGNATURE);
    expect(verify(SDK_URL, SDK_SIGNATURE, `${sdkForm}`)).toBe(true);
  });

  test('equals the vector of the SDK for a JSON body, which the URL names by its hash', () => {
    const body = '{"property": "value", "boolean": true}';
    const url = `${SDK_URL}&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620`;
    expect(verify(url, 'a9nBmqA0ju/hNViExpshrM61xv4=', body)).toBe(true);
    expect(verify(url, 'a9nBmqA0ju/hNViExpshrM61xv4=', body.replace('true', 'false'))).toBe(false);
  });

  test('equals the vector of a status callback', () => {
    const form = new URLSearchParams({
      AccountSid: ACCOUNT,
      ApiVersion: '2010-04-01',
      From: '+15550001111',
      MessageSid: SID,
      SmsSid: SID,
      MessageStatus: 'delivered',
      SmsStatus: 'delivered',
      To: '+31646280994',
    });
    const url = 'https://hooks.example.test/v2/hooks/twilio/status?m=5bb01d0dd99faf11a3f4a36e';
    expect(parse(signed(url, form, 'qBZxbdCUNxt0Qt5F6RRGdM0i0Fs='))).toMatchObject({ verified: true });
  });

  test('equals the vector of an inbound message with an accent', () => {
    const sid = `SM${'b'.repeat(32)}`;
    const form = new URLSearchParams({
      AccountSid: ACCOUNT,
      ApiVersion: '2010-04-01',
      Body: 'Stop, dank je & tot ziens é',
      From: '+31646280994',
      MessageSid: sid,
      SmsMessageSid: sid,
      SmsSid: sid,
      NumMedia: '0',
      NumSegments: '1',
      SmsStatus: 'received',
      To: '+15550001111',
    });
    const url = 'https://hooks.example.test/v2/hooks/twilio/inbound';
    expect(events(signed(url, form, 'DGHLnJBL9DTccZ/FxTaGWI4yVQk='))).toMatchObject([
      { kind: 'inbound', text: 'Stop, dank je & tot ziens é' },
    ]);
  });

  test('holds with and without the port, and with the legacy encoding of a query', () => {
    const params = formParams(`${sdkForm}`);
    const withPort = SDK_URL.replace('mycompany.com', 'mycompany.com:443');
    expect(verify(SDK_URL, twilioSignature('12345', withPort, params), `${sdkForm}`)).toBe(true);
    expect(verify(withPort, SDK_SIGNATURE, `${sdkForm}`)).toBe(true);
    const odd = 'https://mycompany.com/a?q=a+b';
    expect(verify(odd, twilioSignature('12345', odd.replace('+', '%20'), params), `${sdkForm}`)).toBe(true);
    const local = 'http://127.0.0.1:4010/a?q=1';
    expect(verify(local, twilioSignature('12345', local, params), `${sdkForm}`)).toBe(true);
  });

  test('counts a repeated parameter once and sorts different values', () => {
    const once = twilioSignature('t', 'https://x.test/', formParams('A=1&B=2'));
    expect(twilioSignature('t', 'https://x.test/', formParams('B=2&A=1&A=1'))).toBe(once);
    const both = twilioSignature('t', 'https://x.test/', formParams('A=1&A=2'));
    expect(twilioSignature('t', 'https://x.test/', formParams('A=2&A=1'))).toBe(both);
    expect(both).not.toBe(once);
  });

  test.each([
    ['another token', SDK_URL, SDK_SIGNATURE, `${sdkForm}`, '54321'],
    ['an empty token', SDK_URL, twilioSignature('', SDK_URL, formParams(`${sdkForm}`)), `${sdkForm}`, ''],
    ['another URL', SDK_URL.replace('bar=2', 'bar=3'), SDK_SIGNATURE, `${sdkForm}`, '12345'],
    ['another value', SDK_URL, SDK_SIGNATURE, `${sdkForm}`.replace('1234', '4321'), '12345'],
    ['one more parameter', SDK_URL, SDK_SIGNATURE, `${sdkForm}&More=1`, '12345'],
    ['a cut signature', SDK_URL, SDK_SIGNATURE.slice(0, -2), `${sdkForm}`, '12345'],
    ['an empty signature', SDK_URL, '', `${sdkForm}`, '12345'],
    ['a URL that is none', 'nonsense', SDK_SIGNATURE, `${sdkForm}`, '12345'],
  ])('fails with %s', (_, url, signature, body, token) => {
    expect(verify(url, signature, body, token)).toBe(false);
  });
});

describe('Twilio status callback', () => {
  test('tells what became of the message that the URL names', () => {
    expect(parse(signed(STATUS_URL, statusForm()))).toEqual({
      verified: true,
      events: [{ kind: 'delivery', providerId: SID, correlation: CORRELATION, status: 'delivered' }],
      answer: { status: 204, contentType: 'text/plain', body: '' },
    });
  });

  test.each([
    ['accepted', 'accepted'],
    ['scheduled', 'accepted'],
    ['queued', 'accepted'],
    ['sending', 'accepted'],
    ['sent', 'sent'],
    ['delivered', 'delivered'],
    ['partially_delivered', 'delivered'],
    ['read', 'read'],
    ['undelivered', 'failed'],
    ['failed', 'failed'],
    ['canceled', 'failed'],
  ])('maps %s to %s', (word, status) => {
    expect(events(signed(STATUS_URL, statusForm({ MessageStatus: word })))).toMatchObject([{ status }]);
  });

  test.each([
    [
      { MessageStatus: 'failed', ErrorCode: '21610' },
      { code: '21610', class: 'permanent', effect: 'opt_out' },
    ],
    [
      { MessageStatus: 'undelivered', ErrorCode: '30003' },
      { code: '30003', class: 'retryable' },
    ],
    [
      { MessageStatus: 'undelivered', ErrorCode: '99999' },
      { code: '99999', class: 'permanent' },
    ],
    [{ MessageStatus: 'undelivered' }, { code: 'undelivered', class: 'permanent' }],
    [{ MessageStatus: 'failed', ErrorCode: '30007', ErrorMessage: 'Filtered' }, { message: 'Filtered' }],
  ])('reports %j with its error', (fields, error) => {
    expect(events(signed(STATUS_URL, statusForm(fields as Record<string, string>)))).toMatchObject([
      { status: 'failed', error },
    ]);
  });

  test('gives the same event when it comes twice', () => {
    expect(events(signed(STATUS_URL, statusForm()))).toEqual(events(signed(STATUS_URL, statusForm())));
  });

  test('is no event when the status is unknown, or means an inbound message', () => {
    for (const MessageStatus of ['levitating', 'received', 'receiving', '']) {
      const parsed = parse(signed(STATUS_URL, statusForm({ MessageStatus })));
      expect(parsed).toMatchObject({ verified: true, events: [], answer: { status: 204 } });
    }
  });

  test('may carry fields that nobody announced', () => {
    expect(events(signed(STATUS_URL, statusForm({ RawDlrDoneDate: '2611221000', Zeta: 'é' })))).toHaveLength(1);
  });

  test('may repeat a parameter: the first counts', () => {
    const form = statusForm();
    form.append('MessageStatus', 'failed');
    expect(events(signed(STATUS_URL, form))).toMatchObject([{ status: 'delivered' }]);
  });

  test('without a readable correlation still has the SID', () => {
    const [event] = (events(signed(STATUS_URL.replace('&a=2', ''), statusForm())) as object[]) ?? [];
    expect(event).toMatchObject({ providerId: SID });
    expect(event).not.toHaveProperty('correlation');
  });

  test('may be JSON, named by its hash', () => {
    const body = JSON.stringify({ MessageSid: SID, MessageStatus: 'sent', ErrorCode: null });
    const url = `${STATUS_URL}&bodySHA256=${createHash('sha256').update(body).digest('hex')}`;
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'x-twilio-signature': twilioSignature(TOKEN, url, new Map()),
    };
    const request = callback({ url, headers, body: Buffer.from(body) });
    expect(events(request)).toMatchObject([{ status: 'sent', correlation: CORRELATION }]);
    expect(parse({ ...request, body: Buffer.from(body.replace('sent', 'read')) })).toMatchObject({ verified: false });
  });

  test('is read as the form that was signed, whatever the content type says', () => {
    const request = signed(STATUS_URL, statusForm());
    const headers = { ...request.headers, 'content-type': 'application/json' };
    expect(events({ ...request, headers })).toMatchObject([{ status: 'delivered' }]);
  });

  test.each([
    ['a wrong signature', signed(STATUS_URL, statusForm(), 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=')],
    ['no signature', callback({ url: STATUS_URL, body: Buffer.from(`${statusForm()}`) })],
    [
      'another correlation than the signed one',
      { ...signed(STATUS_URL, statusForm()), url: STATUS_URL.replace('a=2', 'a=3') },
    ],
    ['another path', signed(STATUS_URL.replace('/status', '/other'), statusForm())],
    ['a URL that is none', signed('nonsense', statusForm())],
  ])('is not believed with %s', (_, request) => {
    expect(parse(request)).toMatchObject({ verified: false });
  });

  test('is not believed while the service has no auth token', () => {
    expect(createTwilio().parseCallback?.(signed(STATUS_URL, statusForm()), {})).toMatchObject({ verified: false });
  });
});

describe('Twilio inbound message', () => {
  test('is an event, and is answered with an empty reply', () => {
    expect(parse(signed(INBOUND_URL, inboundForm()))).toEqual({
      verified: true,
      events: [
        {
          kind: 'inbound',
          providerId: SID,
          touchpoint: 'sms',
          from: '+31646280994',
          to: '+15550001111',
          text: 'Hi',
          media: [],
        },
      ],
      answer: { status: 200, contentType: 'text/xml', body: '<Response></Response>' },
    });
  });

  test('may have attachments and no text', () => {
    const fields = { Body: '', NumMedia: '2', MediaUrl0: 'https://m.test/0', MediaUrl1: 'https://m.test/1' };
    expect(events(signed(INBOUND_URL, inboundForm(fields)))).toMatchObject([
      { text: '[media]', media: ['https://m.test/0', 'https://m.test/1'] },
    ]);
  });

  test('counts no attachments beyond those there are', () => {
    expect(events(signed(INBOUND_URL, inboundForm({ NumMedia: '1e9' })))).toMatchObject([{ media: [] }]);
    expect(events(signed(INBOUND_URL, inboundForm({ NumMedia: '-1' })))).toMatchObject([{ media: [] }]);
  });

  test('by WhatsApp has plain numbers and the name of the profile', () => {
    const fields = { From: 'whatsapp:+31646280994', To: 'whatsapp:+15550001111', ProfileName: 'John' };
    expect(events(signed(INBOUND_URL, inboundForm(fields)))).toMatchObject([
      { from: '+31646280994', to: '+15550001111', profileName: 'John' },
    ]);
  });

  test('to a short code keeps it as it is', () => {
    expect(events(signed(INBOUND_URL, inboundForm({ To: '12345' })))).toMatchObject([{ to: '12345' }]);
  });

  test('from a sender that has no telephone number is no event', () => {
    expect(events(signed(INBOUND_URL, inboundForm({ From: 'Bank' })))).toEqual([]);
  });
});
