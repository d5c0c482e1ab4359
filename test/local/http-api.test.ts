import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HttpEvent } from '../../infra/local/stack/http-event.ts';
import type { LocalStack } from '../../infra/local/stack/local-stack.ts';
import { prepareSample, startSample } from './sample-stack.ts';

const folders = prepareSample();
let stack: LocalStack;
beforeAll(async () => {
  stack = await startSample(folders, {
    environment: { PROVIDER_URL: 'http://provider' },
    onLocalRequest: (req, res) => {
      if (req.url !== '/_local/hello') return false;
      res.end('hello');
      return true;
    },
  });
});
afterAll(async () => {
  await stack?.stop();
  folders.remove();
});

/** A request whose target and headers go out exactly as written. */
function sendRaw(path: string, headers: string[] = []): Promise<string> {
  const { port } = new URL(stack.url);
  return new Promise((resolve, reject) => {
    const sent = request(
      { port, host: '127.0.0.1', path, headers: ['host', 'api.local:3000', ...headers] },
      (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => resolve(text));
      },
    );
    sent.on('error', reject).end();
  });
}
const eventOf = async (path: string, init?: RequestInit) => {
  const response = await fetch(stack.url + path, init);
  return ((await response.json()) as { event: HttpEvent }).event;
};

test('a request arrives as a payload 2.0 event', async () => {
  const text = await sendRaw('/v2/a%20b/c?x=1&y=%C3%A9&x=2', [
    ...['X-Twice', 'one', 'X-Twice', 'two'],
    ...['Cookie', 'a=1; b=2', 'User-Agent', 'test', 'X-Amzn-Trace-Id', 'Root=forged'],
  ]);
  const { event, functionName, remainingMs } = JSON.parse(text);
  expect(event).toEqual({
    version: '2.0',
    routeKey: 'ANY /v2/{proxy+}',
    rawPath: '/v2/a b/c',
    rawQueryString: 'x=1&y=%C3%A9&x=2',
    cookies: ['a=1', 'b=2'],
    headers: {
      host: 'api.local:3000',
      'user-agent': 'test',
      'x-twice': 'one,two',
      'x-amzn-trace-id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-port': new URL(stack.url).port,
      'x-forwarded-proto': 'http',
      connection: 'keep-alive',
    },
    queryStringParameters: { x: '1,2', y: 'é' },
    pathParameters: { proxy: 'a b/c' },
    requestContext: {
      accountId: '000000000000',
      apiId: 'local',
      domainName: 'api.local',
      domainPrefix: 'api',
      http: { method: 'GET', path: '/v2/a b/c', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
      requestId: expect.any(String),
      routeKey: 'ANY /v2/{proxy+}',
      stage: '$default',
      time: expect.stringMatching(/^\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
      timeEpoch: expect.any(Number),
    },
    isBase64Encoded: false,
  });
  expect(functionName).toBe('HttpFunction');
  expect(remainingMs).toBeGreaterThan(500);
});

test('a literal path with a variable wins over a greedy one', async () => {
  const event = await eventOf('/v2/items/7');
  expect(event.routeKey).toBe('GET /v2/items/{id}');
  expect(event.pathParameters).toEqual({ id: '7' });
  expect((await eventOf('/v2/items/7', { method: 'POST' })).routeKey).toBe('ANY /v2/{proxy+}');
});

test.for([
  ['application/json', '{"a":"é"}', false],
  ['application/json; charset=utf-8', '{}', false],
  ['text/plain', 'text', false],
  ['application/x-www-form-urlencoded', 'a=1&b=2', true],
  ['application/octet-stream', 'bytes', true],
  ['application/vnd.api+json', '{}', true],
] as const)('a body of type %s arrives whole', async ([type, body, isBase64Encoded]) => {
  const event = await eventOf('/v2/x', { method: 'POST', body, headers: { 'content-type': type } });
  expect(event.isBase64Encoded).toBe(isBase64Encoded);
  expect(Buffer.from(event.body ?? '', isBase64Encoded ? 'base64' : 'utf8').toString()).toBe(body);
});

test('an answer with a status becomes the response', async () => {
  const response = await fetch(`${stack.url}/v2/created`);
  expect(response.status).toBe(201);
  expect(response.headers.get('location')).toBe('/x');
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(response.headers.get('apigw-requestid')).toBeTruthy();
});

test('an answer without a status is the JSON body of a 200', async () => {
  const response = await fetch(`${stack.url}/v2/bare`);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json']);
  expect(await response.json()).toEqual({ hello: 'world' });
});

test('a base64 answer is decoded', async () => {
  const response = await fetch(`${stack.url}/v2/binary`);
  expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from([0, 255]));
});

test.for([
  ['a function that throws', '/v2/throw', 500, 'Internal Server Error'],
  ['a function that exits', '/v2/exit', 500, 'Internal Server Error'],
  ['an answer that is malformed', '/v2/malformed', 500, 'Internal Server Error'],
  ['a function that takes too long', '/v2/hang', 503, 'Service Unavailable'],
  ['a path without a route', '/elsewhere', 404, 'Not Found'],
] as const)('%s is answered as API Gateway does', async ([, path, status, message]) => {
  const response = await fetch(stack.url + path);
  expect(response.status).toBe(status);
  expect(await response.json()).toEqual({ message });
});

test('a body of more than 10 MB is refused', async () => {
  const body = Buffer.alloc(10 * 1024 * 1024 + 1);
  const response = await fetch(`${stack.url}/v2/x`, { method: 'POST', body });
  expect(response.status).toBe(413);
  expect(await response.json()).toEqual({ message: 'Request Entity Too Large' });
});

test('a function sees the environment of its template, the endpoints, and what the caller adds', async () => {
  const environment = await (await fetch(`${stack.url}/v2/environment`)).json();
  expect(environment).toMatchObject({
    TABLE_NAME: 'Table',
    API_URL: stack.url,
    PROVIDER_URL: 'http://provider',
    AWS_REGION: 'us-east-1',
    AWS_LAMBDA_FUNCTION_NAME: 'HttpFunction',
    AWS_ENDPOINT_URL_DYNAMODB: stack.endpoints.dynamodb,
    AWS_ENDPOINT_URL_SQS: stack.endpoints.sqs,
  });
  expect(environment).not.toHaveProperty('HOME');
});

test('a function reads a generated secret with the real client, and a replaced one too', async () => {
  const generated = await (await fetch(`${stack.url}/v2/secret`)).text();
  expect(generated).toMatch(/^[A-Za-z0-9]{64}$/);
  expect(generated).toBe(stack.getSecret('Key'));
  stack.putSecret('Key', 'replaced');
  expect(await (await fetch(`${stack.url}/v2/secret`)).text()).toBe('replaced');
});

test('the caller answers what is under /_local', async () => {
  expect(await (await fetch(`${stack.url}/_local/hello`)).text()).toBe('hello');
  expect((await fetch(`${stack.url}/_local/unknown`)).status).toBe(404);
});

test('forty requests at once are all answered by eight threads at most', async () => {
  const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => eventOf(`/v2/${i}`)));
  expect(answers.map(({ rawPath }) => rawPath)).toEqual(Array.from({ length: 40 }, (_, i) => `/v2/${i}`));
});
