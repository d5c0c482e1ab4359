import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApi } from '../../functions/api/serve.ts';
import { createHooks } from '../../functions/hooks/serve.ts';
import { work } from '../../functions/worker/work.ts';
import { stages } from '../../infra/stages.ts';
import { scopesUpTo } from '../../shared/auth/scopes.ts';
import type { Delivery, Tick } from '../../shared/contracts/queue-messages.ts';
import { deliver } from '../../shared/delivery/deliver.ts';
import { createPace, type Pace } from '../../shared/delivery/pace.ts';
import { RequestError } from '../../shared/domain/errors.ts';
import type { HttpRequest } from '../../shared/http/handler.ts';
import type { Provider } from '../../shared/providers/provider.ts';
import { createWhatsapp } from '../../shared/providers/whatsapp/whatsapp.ts';
import { TryLaterError } from '../../shared/queue/consume.ts';
import type { QueueSender } from '../../shared/queue/send.ts';
import { createTicker } from '../../shared/queue/ticks.ts';
import { createIdMaker } from '../../shared/runtime/ids.ts';
import { createItemReader, type Table } from '../../shared/store/table.ts';
import type { Random } from '../engine/random.ts';
import { createFakeObserver, type FakeObserver, newId } from '../support/builders.ts';
import { SECRET, type Setting } from './setting.ts';
import type { Timeline } from './timeline.ts';

const PUBLIC_URL = 'https://hooks.example.test';
/** A way through a queue, and until a function looks at what came. */
const HOP_MS = { least: 20, most: 300 };
const AGAIN_MS = 1000;

/** Broken on purpose, to show that Meta would notice. */
export interface Variant {
  /** All of the work goes to one environment after the other, ten seconds each; else it is spread evenly. */
  readonly isMoving?: boolean;
  readonly pace?: Pace;
  provider?(provider: Provider): Provider;
}

export interface World {
  readonly observe: FakeObserver;
  /** Where Meta calls us. */
  readonly webhookUrl: string;
  /** Answers the status. */
  post(path: string, body: object): Promise<number>;
  /** What went wrong inside of us. */
  readonly faults: readonly unknown[];
  stop(): void;
}

interface Surroundings {
  readonly table: Table;
  readonly timeline: Timeline;
  readonly random: Random;
  readonly setting: Setting;
  readonly metaUrl: string;
  readonly variant: Variant;
}

/** The functions of one stage, on a real table and simulated time; queues deliver late, and each message once. */
export async function startWorld({ table, timeline, random, setting, metaUrl, variant }: Surroundings): Promise<World> {
  const observe = createFakeObserver();
  const faults: unknown[] = [];
  const hop = () => HOP_MS.least + random.below(HOP_MS.most - HOP_MS.least);

  function queue<T>(handle: (body: T) => Promise<void>): QueueSender<T> {
    const plan = (body: T, at: number): void =>
      timeline.at(at, async () => {
        try {
          await handle(body);
        } catch (error) {
          if (!(error instanceof TryLaterError)) faults.push(error);
          plan(body, timeline.now() + AGAIN_MS);
        }
      });
    return {
      send: async (messages) => {
        for (const { body, delaySeconds = 0 } of messages) plan(body, timeline.now() + delaySeconds * 1000 + hop());
      },
    };
  }

  const adapter = createWhatsapp({ baseUrl: metaUrl });
  const never = { send: async () => {} };
  const ticks: QueueSender<Tick> = queue<Tick>((tick) => work(parts, tick));
  const whatsapp: QueueSender<Delivery> = queue<Delivery>((delivery) =>
    deliver({ ...parts, touchpoint: 'whatsapp', pace: paceNow() }, delivery, { remainingMs: () => 30_000 }),
  );
  const parts = {
    table,
    read: createItemReader(table),
    clock: timeline,
    observe,
    configuration: {
      organization: async (id: string) => setting.organizations.get(id),
      service: async (id: string) => setting.services.find((service) => service.id === id),
      forget: () => {},
    },
    users: { user: async (id: string) => setting.users.get(id), users: async () => setting.users, forget: () => {} },
    secrets: { text: async () => 'pepper', fields: async () => SECRET },
    pepper: async () => 'pepper',
    random: random.next,
    ids: createIdMaker(),
    ticker: createTicker(ticks, timeline),
    deliveries: { email: never, sms: never, whatsapp },
    purges: never,
    providers: { whatsapp: variant.provider?.(adapter) ?? adapter },
    tokens: {
      verify: async () => ({
        user: setting.user,
        organization: setting.root,
        scopes: scopesUpTo('admin'),
        tokenId: '',
        isKept: false,
        issuedAt: 0,
      }),
    },
    newToken: newId,
    unknownMs: stages.prod.unknownMs,
    pairMs: stages.prod.pairMs,
    settings: { ...stages.prod, publicUrl: PUBLIC_URL },
    publicUrl: PUBLIC_URL,
    appUrl: PUBLIC_URL,
  };
  const paceNow = () =>
    (variant.isMoving ? paces[Math.floor(timeline.now() / 10_000) % ENVIRONMENTS] : undefined) ?? random.pick(paces);
  /** Each environment of the function leases from the same allowance. */
  const paces = Array.from(
    { length: ENVIRONMENTS },
    () => variant.pace ?? createPace({ table, clock: timeline, random: random.next, pairMs: stages.prod.pairMs }),
  );
  const api = createApi(parts);
  const hooks = createHooks(parts);

  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>));
    try {
      const { statusCode = 500, body: answer } = await hooks(requestOf(request, body));
      response.writeHead(statusCode).end(answer);
    } catch (error) {
      faults.push(error);
      response.writeHead(500).end();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    observe,
    faults,
    webhookUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async post(path, body) {
      const headers = { authorization: 'Bearer simulated', 'content-type': 'application/json' };
      try {
        const request = { ...EMPTY, method: 'POST', path, headers, body: Buffer.from(JSON.stringify(body)) };
        return (await api(request)).statusCode ?? 500;
      } catch (error) {
        if (error instanceof RequestError) return error.status;
        throw error;
      }
    },
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const ENVIRONMENTS = 4;

const EMPTY = { rawQuery: '', query: {}, requestId: 'r' };

const requestOf = ({ method = '', url = '', headers }: IncomingMessage, body: Buffer): HttpRequest => ({
  ...EMPTY,
  method,
  path: url,
  headers: { 'content-type': headers['content-type'], 'x-hub-signature-256': String(headers['x-hub-signature-256']) },
  body,
});
