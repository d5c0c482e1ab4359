import { expect, test } from 'vitest';
import { requesterOf } from '../../infra/local/requester.ts';
import type { HttpEvent } from '../../infra/local/stack/http-event.ts';

const requester = (parts: Partial<HttpEvent>) =>
  requesterOf({ rawPath: '/v2/messages/1', headers: {}, isBase64Encoded: false, ...parts } as HttpEvent);
const headers = { authorization: 'Bearer a' };

test('a request is for the organization that its body names, whoever bears the token', () => {
  expect(requester({ headers, body: '{"organization":"o"}' })).toBe('o');
});

test.for([undefined, '', 'a=b', 'null', '[]', '7', '{"organization":7}', '{"organization":'])(
  'a request with the body %j is for the bearer of its token',
  (body) => {
    expect(requester({ headers, ...(body !== undefined && { body }) })).toBe('Bearer a');
  },
);

test('a callback, which has no token, is for the service in its path', () => {
  expect(requester({ rawPath: '/v2/hooks/twilio/s/status', body: 'MessageSid=SM1' })).toBe('/v2/hooks/twilio/s/status');
});
