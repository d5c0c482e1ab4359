import { describe, expect, it } from 'vitest';
import { signMeta, signTwilio } from '../../infra/local/doubles/signatures.ts';

const TOKEN = 'test-auth-token-0000000000000000';
const ACCOUNT = `AC${'a'.repeat(32)}`;
const OUTBOUND = `SM${'a'.repeat(32)}`;
const INBOUND = `SM${'b'.repeat(32)}`;
const STATUS_URL = 'https://hooks.example.test/v2/hooks/twilio/status?m=5bb01d0dd99faf11a3f4a36e';
const STATUS_FIELDS = {
  MessageStatus: 'delivered',
  SmsStatus: 'delivered',
  MessageSid: OUTBOUND,
  SmsSid: OUTBOUND,
  AccountSid: ACCOUNT,
  ApiVersion: '2010-04-01',
  From: '+15550001111',
  To: '+31646280994',
};

describe('the signature of Twilio', () => {
  it("is the one of the SDK's own test", () => {
    const fields = {
      CallSid: 'CA1234567890ABCDE',
      Caller: '+14158675309',
      Digits: '1234',
      From: '+14158675309',
      To: '+18005551212',
    };
    const url = 'https://mycompany.com/myapp.php?foo=1&bar=2';
    expect(signTwilio('12345', url, fields)).toBe('RSOYDt4T1cUTdK1PDd93/VVr8B8=');
  });

  it('covers the URL alone when the body is JSON', () => {
    const hash = '0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620';
    const url = `https://mycompany.com/myapp.php?foo=1&bar=2&bodySHA256=${hash}`;
    expect(signTwilio('12345', url, {})).toBe('a9nBmqA0ju/hNViExpshrM61xv4=');
  });

  it('holds for a status callback, in whatever order the fields come', () => {
    expect(signTwilio(TOKEN, STATUS_URL, STATUS_FIELDS)).toBe('qBZxbdCUNxt0Qt5F6RRGdM0i0Fs=');
  });

  it('leaves the fragment of the URL out', () => {
    expect(signTwilio(TOKEN, `${STATUS_URL}#rc=3&rp=all`, STATUS_FIELDS)).toBe('qBZxbdCUNxt0Qt5F6RRGdM0i0Fs=');
  });

  it('holds for inbound text beyond ASCII', () => {
    const fields = {
      AccountSid: ACCOUNT,
      ApiVersion: '2010-04-01',
      Body: 'Stop, dank je & tot ziens é',
      From: '+31646280994',
      MessageSid: INBOUND,
      SmsMessageSid: INBOUND,
      SmsSid: INBOUND,
      NumMedia: '0',
      NumSegments: '1',
      SmsStatus: 'received',
      To: '+15550001111',
    };
    const url = 'https://hooks.example.test/v2/hooks/twilio/inbound';
    expect(signTwilio(TOKEN, url, fields)).toBe('DGHLnJBL9DTccZ/FxTaGWI4yVQk=');
  });

  it('counts a repeated value once, and sorts the values of a name', () => {
    const url = 'https://example.test/';
    expect(signTwilio('t', url, { A: ['2', '1', '2'] })).toBe(signTwilio('t', url, { A: ['1', '2'] }));
  });
});

describe('the signature of Meta', () => {
  it('is the published one', () => {
    const expected = 'sha256=0329a06b62cd16b33eb6792be8c60b158d89a2ee3a876fce9a881ebb488c0914';
    expect(signMeta('secret', Buffer.from('test'))).toBe(expected);
  });

  it('holds for a status webhook', () => {
    const value = {
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: '15550783881', phone_number_id: '106540352242922' },
      statuses: [{ id: 'wamid.TEST', status: 'delivered', timestamp: '1750030073', recipient_id: '31646280994' }],
    };
    const entry = [{ id: '102290129340398', changes: [{ value, field: 'messages' }] }];
    const body = Buffer.from(JSON.stringify({ object: 'whatsapp_business_account', entry }));
    expect(body.length).toBe(341);
    const expected = 'sha256=586c6fbde770bcea9a4c56415803dff7781f06a2efb842709db628157a4f63d8';
    expect(signMeta('test-app-secret', body)).toBe(expected);
  });
});
