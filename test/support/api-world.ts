import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { createFileReader } from '../../functions/admin/docs/files.ts';
import type { Scope } from '../../shared/auth/scopes.ts';
import { createSealer, OTP_SEEDS } from '../../shared/auth/sealer.ts';
import { createTokenService, type TokenKind } from '../../shared/auth/tokens.ts';
import type { Tick } from '../../shared/contracts/queue-messages.ts';
import { createHttpHandler, type HttpRequest, type HttpResponse } from '../../shared/http/handler.ts';
import { createTemplateManager } from '../../shared/providers/whatsapp/templates.ts';
import { createQueueSender } from '../../shared/queue/send.ts';
import { createTicker } from '../../shared/queue/ticks.ts';
import { createDocumentClient } from '../../shared/runtime/clients.ts';
import type { Clock } from '../../shared/runtime/clock.ts';
import { createIdMaker } from '../../shared/runtime/ids.ts';
import type { Observer } from '../../shared/runtime/observe.ts';
import { createConfigurationReader } from '../../shared/store/configuration.ts';
import { createItemReader, type Item } from '../../shared/store/table.ts';
import { putUserToken } from '../../shared/store/user-tokens.ts';
import { createUserReader } from '../../shared/store/users.ts';
import { createRequester } from '../../shared/webhooks/requester.ts';
import { createTestClock } from './api-clock.ts';
import { createTestObserver, type TestObserver } from './api-observer.ts';
import { createRandom } from './api-random.ts';
import { ORGANIZATION, seed, USER } from './api-seed.ts';
import { newId } from './builders.ts';
import { startTestQueues, startTestTable } from './emulators.ts';
import { createFrontDoor, type HttpParts } from './front-door.ts';

export const PEPPER = 'pepper-of-the-tests';
export const TOKEN_KEY = 'token-key-of-the-tests-32-bytes-long';
export const APP_URL = 'https://app.example.com';
export const API_URL = 'https://api.example.com';

// biome-ignore lint/suspicious/noExplicitAny: answers are read as a client would, without the product's types
type Json = any;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Json;
}

export interface SentRequest {
  readonly method: string;
  /** With its query string. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** As sent: text, or bytes that API Gateway passes on in base64. */
  readonly body?: string | Uint8Array;
}

/** One environment of both HTTP functions: caches, clock and ids of its own, on the table and queue of the world. */
export interface Api {
  readonly parts: HttpParts;
  readonly observer: TestObserver;
  readonly documents: DynamoDBDocumentClient;
  readonly queue: SQSClient;
  send(request: SentRequest): Promise<Answer>;
  /** With the bot's token. */
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  get(path: string, token?: string): Promise<Answer>;
}

export interface World {
  readonly table: HttpParts['table'];
  readonly botToken: string;
  createApi(options?: { clock?: Clock; seed?: number; parts?: Partial<HttpParts> }): Api;
  token(
    user: string,
    scope: Scope,
    options?: { kind?: TokenKind; lifetimeSeconds?: number; clock?: Clock },
  ): Promise<string>;
  /** Every item of the table, configuration too. */
  items(): Promise<Item[]>;
  /** Takes the ticks that are visible now off the queue. */
  receiveTicks(): Promise<Tick[]>;
  /** Messages in the queue, delayed and taken ones too. */
  queueLength(): Promise<number>;
  stop(): Promise<void>;
}

const QUEUE = 'ticks';

/** A table with the configuration of `api-seed.ts` and a queue for ticks, both real, and APIs that run on them. */
export async function startWorld(): Promise<World> {
  const [testTable, queues] = await Promise.all([startTestTable(), startTestQueues([QUEUE])]);
  const queueUrl = queues.urls[QUEUE] ?? '';
  const clients: { destroy(): void }[] = [];
  const kept = <T extends { destroy(): void }>(client: T): T => {
    clients.push(client);
    return client;
  };
  const createDocuments = () => createDocumentClient(kept(new DynamoDBClient(testTable.clientConfig)));
  const createQueue = () => kept(new SQSClient({ ...queues.clientConfig, maxAttempts: 1 }));
  const table = { client: createDocuments(), name: testTable.tableName };
  const queue = createQueue();
  await seed(table);

  const token: World['token'] = async (user, scope, { kind = 'access_token', lifetimeSeconds, clock } = {}) => {
    const tokens = createTokenService(async () => TOKEN_KEY, clock ?? createTestClock());
    const organization = user === USER.stranger ? ORGANIZATION.other : ORGANIZATION.root;
    const bearer = { user, organization, scope };
    if (kind !== 'access_token' || lifetimeSeconds !== undefined) {
      return (await tokens.issue(kind, bearer, lifetimeSeconds)).token;
    }
    const keptToken = newId();
    await putUserToken(table, { id: keptToken, name: 'test', ...bearer, createdBy: user, createdAt: 0 });
    return (await tokens.issue(kind, { ...bearer, keptToken })).token;
  };
  const botToken = await token(USER.bot, 'bot');

  return {
    table,
    botToken,
    token,
    createApi: ({ clock = createTestClock(), seed: randomSeed = 1, parts = {} } = {}) =>
      createWorldApi({
        documents: createDocuments(),
        tableName: table.name,
        queue: createQueue(),
        queueUrl,
        clock,
        botToken,
        random: createRandom(randomSeed),
        others: parts,
      }),
    async items() {
      const found: Item[] = [];
      let start: Item | undefined;
      do {
        const page = await table.client.send(
          new ScanCommand({ TableName: table.name, ConsistentRead: true, ...(start && { ExclusiveStartKey: start }) }),
        );
        found.push(...(page.Items ?? []));
        start = page.LastEvaluatedKey;
      } while (start);
      return found;
    },
    async receiveTicks() {
      const received: Tick[] = [];
      for (;;) {
        const { Messages = [] } = await queue.send(
          new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
        );
        if (Messages.length === 0) return received;
        received.push(...Messages.map(({ Body = '' }) => JSON.parse(Body)));
        await queue.send(
          new DeleteMessageBatchCommand({
            QueueUrl: queueUrl,
            Entries: Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
          }),
        );
      }
    },
    async queueLength() {
      const { Attributes = {} } = await queue.send(
        new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
      );
      return (
        Number(Attributes.ApproximateNumberOfMessages) +
        Number(Attributes.ApproximateNumberOfMessagesDelayed) +
        Number(Attributes.ApproximateNumberOfMessagesNotVisible)
      );
    },
    async stop() {
      for (const client of clients) client.destroy();
      await Promise.all([testTable.stop(), queues.stop()]);
    },
  };
}

interface Surroundings {
  readonly documents: DynamoDBDocumentClient;
  readonly tableName: string;
  readonly queue: SQSClient;
  readonly queueUrl: string;
  readonly clock: Clock;
  readonly botToken: string;
  readonly random: () => number;
  readonly others: Partial<HttpParts>;
}

function createWorldApi({ documents, tableName, queue, queueUrl, clock, botToken, random, others }: Surroundings): Api {
  const table = { client: documents, name: tableName };
  const observer = createTestObserver();
  const parts: HttpParts = {
    table,
    read: createItemReader(table),
    configuration: createConfigurationReader(table, clock),
    users: createUserReader(table, clock),
    tokens: createTokenService(async () => TOKEN_KEY, clock),
    sealer: createSealer(async () => TOKEN_KEY, OTP_SEEDS),
    pepper: async () => PEPPER,
    secrets: { fields: async () => ({}) },
    templates: createTemplateManager(),
    ticker: createTicker(createQueueSender<Tick>(queue, queueUrl, clock), clock),
    purges: { send: async () => {} },
    stage: 'test',
    webhooks: {
      requester: createRequester({ loopback: true }),
      notifications: { send: async () => {} },
      loopback: true,
    },
    clock,
    ids: createIdMaker(),
    random,
    observe: observer,
    appUrl: APP_URL,
    publicUrl: API_URL,
    files: createFileReader(''),
    ...others,
  };
  const send = clientOf(createFrontDoor(parts), observer);
  return {
    parts,
    observer,
    documents,
    queue,
    send,
    post: (path, body, headers = {}) =>
      send({
        method: 'POST',
        path,
        body: JSON.stringify(body),
        headers: { authorization: `Bearer ${botToken}`, 'content-type': 'application/json', ...headers },
      }),
    get: (path, token = botToken) => send({ method: 'GET', path, headers: { authorization: `Bearer ${token}` } }),
  };
}

/** Sends requests to what serves them, as API Gateway would. */
export function clientOf(serve: (request: HttpRequest) => Promise<HttpResponse>, observer: Observer): Api['send'] {
  const handle = createHttpHandler(serve, observer);
  return async (request) => {
    const answer = await handle(toEvent(request), {} as Context);
    return {
      status: answer.statusCode ?? 0,
      headers: answer.headers ?? {},
      body: answer.body === undefined ? undefined : JSON.parse(answer.body),
    };
  };
}

/** The payload 2.0 event that API Gateway makes of a request. */
function toEvent({ method, path, headers = {}, body }: SentRequest): APIGatewayProxyEventV2 {
  const [rawPath = '', rawQueryString = ''] = path.split('?');
  const query = Object.fromEntries(new URLSearchParams(rawQueryString));
  const isBytes = body !== undefined && typeof body !== 'string';
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    ...(rawQueryString !== '' && { queryStringParameters: query }),
    requestContext: {
      accountId: '000000000000',
      apiId: 'test',
      domainName: 'api.example.com',
      domainPrefix: 'api',
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
      requestId: 'request-of-a-test',
      routeKey: '$default',
      stage: '$default',
      time: '12/May/2026:09:30:00 +0000',
      timeEpoch: 0,
    },
    ...(body !== undefined && { body: isBytes ? Buffer.from(body).toString('base64') : body }),
    isBase64Encoded: isBytes,
  };
}
