import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createTokenService, LIFETIME_SECONDS } from '../../shared/auth/tokens.ts';
import { createDocumentClient } from '../../shared/runtime/clients.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import type { Table } from '../../shared/store/table.ts';
import { createUserReader } from '../../shared/store/users.ts';
import type { Addresses } from './doubles/doubles.ts';
import { startDoubles } from './doubles/start.ts';
import { startSes } from './emulators/ses.ts';
import { forward } from './forward.ts';
import { forwardToObjects, OBJECTS_PATH } from './objects.ts';
import { createPages, PAGE_PATH } from './page/show-conversation.ts';
import { requesterOf } from './requester.ts';
import { applySeed } from './seed/apply-seed.ts';
import { DOUBLES_SECRETS, sendersOf, servicesOf } from './seed/at-the-doubles.ts';
import { readSeed } from './seed/seed-file.ts';
import { clientConfig } from './stack/identity.ts';
import { createLocalStack, type LocalStack } from './stack/local-stack.ts';
import { synthesizeLocal } from './stack/synthesize.ts';
import { EVENTS_PATH, takeEvent } from './take-event.ts';
import { MAIL_PATH, takeMail } from './take-mail.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const DEMO = join(import.meta.dirname, 'demo.json');
const ASSEMBLY = join(ROOT, 'cdk.out', 'local');
const SPECS = join(ROOT, '..', 'shared', 'specs');

export interface OvertureOptions {
  /** Of the API on 127.0.0.1; 0: a free one. */
  readonly port: number;
  /** Keeps the state over a restart; without it, the state is gone at the end. */
  readonly dataDir?: string;
  readonly seedFile?: string;
  /** Doubles that somebody else started, and that live on when this run ends. */
  readonly doubles?: Addresses;
  /** Longest hop of a tick through its queue; default: what the stage `local` has. */
  readonly hopSeconds?: number;
  log(line: string): void;
}

export interface Overture {
  readonly url: string;
  /** The page with the mails that were sent. */
  readonly inboxUrl: string;
  /** The doubles check requests against the providers' own documents, which are not part of the repository. */
  readonly checksRequests: boolean;
  readonly stack: LocalStack;
  readonly table: Table;
  /** A token for a seeded user. Undefined when there is no such user. */
  token(user: string): Promise<string | undefined>;
  /** The seed's first user. */
  readonly demoUser?: string;
  stop(): Promise<void>;
}

/**
 * All of Overture on this machine: the deployed definition on emulators, the providers' doubles, and a seed. Throws one
 * clear sentence, with nothing left running, for a taken port, a bad seed or a missing emulator.
 */
export async function startOverture(options: OvertureOptions): Promise<Overture> {
  const seed = readSeed(options.seedFile ?? DEMO);
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'overture-'));
  mkdirSync(dataDir, { recursive: true });
  const running: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    for (const part of running.splice(0).reverse()) await part.stop();
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const [, { doubles, inboxUrl }] = await Promise.all([synthesizeLocal(ASSEMBLY), findProviders(options, running)]);
    let tokenFor: Overture['token'] = async () => undefined;
    let endpoints: unknown = {};
    let showPage: ReturnType<typeof createPages> | undefined;
    let started: LocalStack | undefined;
    const stack = await createLocalStack({
      assemblyDir: ASSEMBLY,
      port: options.port,
      dataDir,
      endpoints: { ses: doubles.ses },
      secrets: DOUBLES_SECRETS,
      environment: {
        TWILIO_BASE_URL: doubles.twilio,
        WHATSAPP_BASE_URL: doubles.whatsapp,
        SUNSHINE_BASE_URL: doubles.sunshine,
        AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2: doubles.awsSms,
        AWS_ENDPOINT_URL_SOCIALMESSAGING: doubles.awsSocial,
        ...(options.hopSeconds !== undefined && { HOP_SECONDS: String(options.hopSeconds) }),
      },
      log: options.log,
      groupOf: requesterOf,
      onLocalRequest: (request, response) => {
        answerLocally(request, response, {
          doubles,
          stack: () => started,
          token: (user) => tokenFor(user),
          endpoints: () => endpoints,
          showPage: () => showPage,
        }).catch((error) => {
          options.log(`${request.method} ${request.url} failed: ${error}`);
          response.writeHead(500).end();
        });
        return true;
      },
    });
    started = stack;
    running.push(stack);
    endpoints = { ...stack.endpoints, whatsapp: doubles.whatsapp, ...placesOf(stack) };
    const table = {
      client: createDocumentClient(new DynamoDBClient(clientConfig(stack.endpoints.dynamodb))),
      name: stack.find('Table'),
    };
    showPage = createPages(table, createUserReader(table, systemClock));
    const services = servicesOf(seed);
    await applySeed(table, secretOf(stack, 'Pepper'), seed, services);
    await register(doubles, 'senders', sendersOf(services, seed.watemplates, stack.url));
    await register(doubles, 'events-url', { url: `${stack.url}${EVENTS_PATH}` });
    tokenFor = createTokenPrinter(table, secretOf(stack, 'TokenKey'));
    const demoUser = seed.users[0]?.id;
    return { url: stack.url, inboxUrl, checksRequests: doubles.specs, stack, table, token: tokenFor, demoUser, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The doubles, and the page with the mails that went through them. */
async function findProviders(
  { doubles }: OvertureOptions,
  running: { stop(): Promise<void> }[],
): Promise<{ doubles: Addresses; inboxUrl: string }> {
  if (doubles) return { doubles, inboxUrl: `${doubles.control}/_local/outbox` };
  const ses = await startSes();
  running.push(ses);
  const started = await startDoubles({ sesEndpoint: ses.endpoint, specsDir: SPECS });
  running.push(started);
  return { doubles: started, inboxUrl: ses.endpoint };
}

/** What a client has to name, at home and on AWS alike. */
const placesOf = ({ find, queueUrls: queues }: LocalStack) => ({
  table: find('Table'),
  imports: find('Imports'),
  bus: find('Bus'),
  queues,
  secrets: { TokenKey: find('TokenKey'), Pepper: find('Pepper') },
});

function secretOf(stack: LocalStack, name: string): string {
  const value = stack.getSecret(stack.find(name));
  if (value === undefined) throw new Error(`The stack has no secret ${name}.`);
  return value;
}

async function register(doubles: Addresses, what: 'senders' | 'events-url', body: object): Promise<void> {
  const answer = await fetch(`${doubles.control}/_local/${what}`, { method: 'PUT', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`The providers' doubles refused the ${what}: ${await answer.text()}`);
}

const createTokenPrinter = (table: Table, key: string): Overture['token'] => {
  const tokens = createTokenService(async () => key, systemClock);
  const users = createUserReader(table, systemClock);
  return async (id) => {
    const user = await users.user(id);
    const membership = user?.organizations.find(({ selected }) => selected) ?? user?.organizations[0];
    if (!user || !membership) return undefined;
    const { organization, role: scope } = membership;
    const bearer = { user: id, organization, scope, rate: user.rate, validFrom: user.tokensValidFrom };
    return (await tokens.issue('access_token', bearer, LIFETIME_SECONDS.access_token)).token;
  };
};

function answerJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

interface LocalRun {
  readonly doubles: Addresses;
  readonly token: Overture['token'];
  stack(): LocalStack | undefined;
  endpoints(): unknown;
  showPage(): ReturnType<typeof createPages> | undefined;
}

/**
 * `/_local` of the run: `token?user=<id>`, `endpoints`, `events`, `mail` and `objects` are ours, the rest belongs to the
 * doubles. `/c` has the conversations' pages.
 */
async function answerLocally(
  request: IncomingMessage,
  response: ServerResponse,
  { doubles, token, stack, endpoints, showPage }: LocalRun,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  if (url.pathname.startsWith(PAGE_PATH)) return answerPage(response, url.pathname, showPage());
  if (url.pathname === '/_local/endpoints') return answerJson(response, endpoints());
  if (url.pathname === EVENTS_PATH && request.method === 'POST') return answerEvent(request, response, stack());
  if (url.pathname === MAIL_PATH && request.method === 'POST') return takeMail(request, response, stack());
  if (url.pathname.startsWith(OBJECTS_PATH)) return forwardToObjects(request, response, { url, stack: stack() });
  if (url.pathname !== '/_local/token') return forward(request, response, new URL(request.url ?? '/', doubles.control));
  const printed = await token(url.searchParams.get('user') ?? '');
  response.writeHead(printed ? 200 : 404, { 'content-type': 'text/plain' });
  response.end(printed ?? 'There is no such user in the seed.');
}

async function answerEvent(
  request: IncomingMessage,
  response: ServerResponse,
  stack: LocalStack | undefined,
): Promise<void> {
  const chunks = await Array.fromAsync<Buffer>(request);
  const taken = stack && (await takeEvent(stack, Buffer.concat(chunks).toString()));
  response.writeHead(taken === undefined ? 503 : taken ? 204 : 400).end();
}

async function answerPage(
  response: ServerResponse,
  path: string,
  show: ReturnType<LocalRun['showPage']>,
): Promise<void> {
  if (show) return show(path.slice(PAGE_PATH.length), response);
  response.writeHead(503).end();
}
