import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LookupRequest } from '../../shared/providers/provider.ts';
import { createTwilio } from '../../shared/providers/twilio/twilio.ts';
import { ACCOUNT_SID, smsRequest, withParams } from './builders.ts';
import { closedUrl, type ProviderServer, startProviderServer } from './provider-server.ts';

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

const SINCE = Date.parse('2026-11-22T10:00:01.500Z');
const MESSAGES_PATH = `/2010-04-01/Accounts/${ACCOUNT_SID}/Messages.json`;
const request = (overrides: Partial<LookupRequest> = {}): LookupRequest => ({
  ...smsRequest(),
  since: SINCE,
  ...overrides,
});
const lookup = (asked = request()) => createTwilio({ baseUrl: server.url }).lookup?.(asked);

const ours = {
  sid: 'SM1',
  body: 'Hello John',
  from: '+15550001111',
  to: '+31646280994',
  direction: 'outbound-api',
  messaging_service_sid: null,
  status: 'queued',
  date_sent: null,
  date_created: 'Sun, 22 Nov 2026 10:00:02 +0000',
};
const page = (messages: readonly object[], next_page_uri: string | null = null) => ({
  status: 200,
  body: { messages, next_page_uri },
});

describe('Twilio lookup', () => {
  test('finds a message that still waits in Twilio, so it asks for no date of sending', async () => {
    server.script(page([ours]));
    expect(await lookup()).toEqual({ outcome: 'found', providerIds: ['SM1'] });
    expect(server.requests[0]).toMatchObject({ method: 'GET', path: MESSAGES_PATH });
    expect(Object.fromEntries(server.requests[0]?.query ?? [])).toEqual({ To: '+31646280994', PageSize: '200' });
    expect(server.requests[0]?.headers.authorization).toMatch(/^Basic /);
  });

  test('names every message that fits', async () => {
    server.script(page([ours, { ...ours, sid: 'SM2' }]));
    expect(await lookup()).toEqual({ outcome: 'found', providerIds: ['SM1', 'SM2'] });
  });

  test('allows for Twilio counting in whole seconds', async () => {
    server.script(page([{ ...ours, date_created: 'Sun, 22 Nov 2026 10:00:00 +0000' }]));
    expect(await lookup()).toMatchObject({ outcome: 'found' });
  });

  test.each([
    ['another text', { body: 'Hello Jane' }],
    ['another sender', { from: '+15550002222' }],
    ['another recipient', { to: '+31646280995' }],
    ['the contact as sender', { direction: 'inbound' }],
    ['an earlier time', { date_created: 'Sun, 22 Nov 2026 09:59:59 +0000' }],
    ['no time', { date_created: null }],
  ])('passes over a message with %s', async (_, difference) => {
    server.script(page([{ ...ours, ...difference }]));
    expect(await lookup()).toEqual({ outcome: 'absent' });
  });

  test('knows its messages by the messaging service when that chose the sender', async () => {
    const messagingServiceSid = `MG${'c'.repeat(32)}`;
    const asked = request({ service: withParams(smsRequest(), { from: undefined, messagingServiceSid }).service });
    server.script(page([{ ...ours, from: '+15550009999', messaging_service_sid: messagingServiceSid }]));
    expect(await lookup(asked)).toMatchObject({ outcome: 'found' });
    server.script(page([ours]));
    expect(await lookup(asked)).toEqual({ outcome: 'absent' });
  });

  test('knows its messages by the alphanumeric sender', async () => {
    server.script(page([{ ...ours, from: 'Overture' }]));
    expect(await lookup(request({ senderId: 'Overture' }))).toMatchObject({ outcome: 'found' });
  });

  test('reads to the last page before it says absent', async () => {
    server.script(page([{ ...ours, body: 'x' }], `${MESSAGES_PATH}?Page=1&PageToken=PA1`), page([ours]));
    expect(await lookup()).toMatchObject({ outcome: 'found' });
    expect(server.requests[1]?.query.get('PageToken')).toBe('PA1');
  });

  test('is unclear when the list has no end, or continues on another host', async () => {
    server.script(page([], `${MESSAGES_PATH}?Page=1`));
    expect(await lookup()).toMatchObject({ outcome: 'unclear' });
    expect(server.requests).toHaveLength(20);
    server.script(page([], 'https://elsewhere.example/list'));
    expect(await lookup()).toEqual({ outcome: 'unclear', message: 'The list continues elsewhere.' });
    expect(server.requests).toHaveLength(1);
  });

  test.each([
    ['an error', { status: 500, body: {} }],
    ['a page that is none', { status: 200, body: { messages: 'none' } }],
    ['no answer', 'hang'],
    ['a dropped connection', 'drop'],
  ] as const)('is unclear after %s', async (_, script) => {
    server.script(script);
    expect(await lookup(request({ timeoutMs: 200 }))).toMatchObject({ outcome: 'unclear' });
  });

  test('is unclear when nobody listens, or the service is not configured', async () => {
    const nobody = createTwilio({ baseUrl: await closedUrl() });
    expect(await nobody.lookup?.(request())).toMatchObject({ outcome: 'unclear' });
    expect(await lookup(request({ secret: {} }))).toMatchObject({ outcome: 'unclear' });
  });
});
