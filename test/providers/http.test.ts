import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHttp } from '../../shared/providers/http.ts';
import { networkFailure } from '../../shared/providers/network-failure.ts';
import { closedUrl, type ProviderServer, startProviderServer } from './provider-server.ts';

const http = createHttp();
const options = { timeoutMs: 2000 };
let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

describe('one HTTP request', () => {
  test('brings the answer as JSON', async () => {
    server.script({ status: 201, body: { sid: 'SM1' } });
    expect(await http.postForm(server.url, { Body: 'a & b é' }, options)).toEqual({
      kind: 'answer',
      status: 201,
      body: { sid: 'SM1' },
    });
    expect(server.requests[0]?.body).toBe('Body=a+%26+b+%C3%A9');
  });

  test('brings no body when the answer is not JSON', async () => {
    server.script({ status: 502, body: '<html>Bad gateway' });
    expect(await http.get(server.url, options)).toEqual({ kind: 'answer', status: 502, body: undefined });
  });

  test('stops reading a body that is too long', async () => {
    server.script({ status: 200, body: { filler: 'x'.repeat(1_000_000) } });
    expect(await http.get(server.url, { ...options, maxBytes: 1000 })).toEqual({
      kind: 'answer',
      status: 200,
      body: undefined,
    });
  });

  test('follows no redirect', async () => {
    server.script({ status: 307, headers: { location: `${server.url}/elsewhere` } }, { status: 200, body: {} });
    expect(await http.postJson(server.url, {}, options)).toMatchObject({ kind: 'answer', status: 307 });
    expect(server.requests).toHaveLength(1);
  });

  test('understands Retry-After as seconds and as a date', async () => {
    const early = createHttp({ now: () => Date.parse('2026-11-22T10:00:00Z') });
    server.script({ status: 429, headers: { 'retry-after': '7' } });
    expect(await early.get(server.url, options)).toMatchObject({ retryAfterMs: 7000 });
    server.script({ status: 429, headers: { 'retry-after': 'Sun, 22 Nov 2026 10:01:00 GMT' } });
    expect(await early.get(server.url, options)).toMatchObject({ retryAfterMs: 60_000 });
  });

  test('uses a connection of its own', async () => {
    server.script({ status: 200 });
    await http.get(server.url, options);
    expect(server.requests[0]?.headers.connection).toBe('close');
  });
});

describe('a request that fails', () => {
  test('was not sent when the connection is refused', async () => {
    const result = await http.postForm(await closedUrl(), {}, options);
    expect(result).toMatchObject({ kind: 'failure', class: 'retryable', code: 'connection_refused' });
  });

  test('was not sent when the host has no address', async () => {
    const result = await http.postForm('http://nobody.invalid', {}, { timeoutMs: 10_000 });
    expect(result).toMatchObject({ kind: 'failure', class: 'retryable', code: 'connection_refused' });
  });

  test.each([['http://'], ['not a url']])('was not sent when the URL is %j', async (url) => {
    expect(await http.get(url, options)).toMatchObject({ kind: 'failure', class: 'retryable', code: 'not_sent' });
  });

  test('was not sent when a header cannot be written', async () => {
    const headers = { authorization: 'Bearer a\nb' };
    expect(await http.get(server.url, { ...options, headers })).toMatchObject({ class: 'retryable', code: 'not_sent' });
  });

  test('is unclear when no answer comes in time, after exactly one request', async () => {
    server.script('hang');
    const result = await http.postForm(server.url, {}, { timeoutMs: 500 });
    expect(result).toMatchObject({ kind: 'failure', class: 'ambiguous', code: 'timeout' });
    expect(server.requests).toHaveLength(1);
  });

  test('is unclear when the connection drops, after exactly one request', async () => {
    server.script('drop');
    const result = await http.postForm(server.url, {}, options);
    expect(result).toMatchObject({ kind: 'failure', class: 'ambiguous', code: 'connection_lost' });
    expect(server.requests).toHaveLength(1);
  });

  test('is unclear when the answer breaks off', async () => {
    const half = createServer((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 201 Created\r\ncontent-length: 99\r\n\r\n{"sid":'));
    });
    await new Promise<void>((resolve) => half.listen(0, '127.0.0.1', resolve));
    const { port } = half.address() as AddressInfo;
    const result = await http.postForm(`http://127.0.0.1:${port}`, {}, options);
    half.close();
    expect(result).toMatchObject({ kind: 'failure', class: 'ambiguous', code: 'connection_lost' });
  });
});

describe('a network error', () => {
  const withCode = (code: string, more: object = {}) => Object.assign(new Error(code), { code, ...more });
  const fetchFailed = (cause: unknown) => new TypeError('fetch failed', { cause });

  test.each([
    ['ECONNREFUSED'],
    ['ENOTFOUND'],
    ['EAI_AGAIN'],
    ['EHOSTUNREACH'],
    ['UND_ERR_CONNECT_TIMEOUT'],
    ['ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('%s comes before the request leaves', (code) => {
    expect(networkFailure(fetchFailed(withCode(code)))).toMatchObject({ class: 'retryable' });
  });

  test('of all addresses of a host comes before the request leaves', () => {
    const each = [withCode('ETIMEDOUT', { syscall: 'connect' }), withCode('ETIMEDOUT', { syscall: 'connect' })];
    expect(networkFailure(fetchFailed(new AggregateError(each)))).toMatchObject({ class: 'retryable' });
  });

  test.each([
    ['ECONNRESET', 'connection_lost'],
    ['EPIPE', 'connection_lost'],
    ['UND_ERR_SOCKET', 'connection_lost'],
    ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
    ['ETIMEDOUT', 'timeout'],
    ['SOMETHING_NEW', 'connection_lost'],
  ])('%s leaves open whether the request arrived', (code, expected) => {
    expect(networkFailure(fetchFailed(withCode(code)))).toMatchObject({ class: 'ambiguous', code: expected });
  });

  test('of no kind we know leaves open whether the request arrived', () => {
    expect(networkFailure('boom')).toMatchObject({ class: 'ambiguous', code: 'connection_lost' });
  });
});
