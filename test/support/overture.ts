import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Overture, type OvertureOptions, startOverture } from '../../infra/local/overture.ts';
import { personalDataIn, personalIn } from './log-scan.ts';
import { until } from './poll.ts';

/** One entry of `/_local/outbox`: what a person received. */
export interface Delivered {
  readonly seq: number;
  readonly at: string;
  readonly touchpoint: string;
  readonly provider: string;
  readonly to: string;
  readonly subject?: string;
  readonly text: string;
  readonly template?: { name: string; language: string; parameters: string[] };
  readonly providerId: string;
  readonly messageId?: string;
  readonly headers?: Record<string, string>;
}

// biome-ignore lint/suspicious/noExplicitAny: answers of the API are read as a client would, without its types
type Json = any;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

export interface Client {
  readonly overture: Overture;
  readonly token: string;
  get(path: string, token?: string): Promise<Answer>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** As `post`, with the body as it is and no other headers than those given. */
  raw(method: string, path: string, body: string | undefined, headers: Record<string, string>): Promise<Answer>;
  outbox(to?: string): Promise<Delivered[]>;
  /** The outbox to one address once it holds `count` entries. */
  delivered(to: string, count: number, withinMs?: number): Promise<Delivered[]>;
  fault(fault: { provider: string; behaviour: string; times?: number; match?: unknown; on?: string }): Promise<void>;
  reply(reply: { touchpoint: string; from: string; to?: string; text: string }): Promise<Answer>;
  /** Throws when a log of the run has personal data in it. */
  stop(): Promise<void>;
}

/** Starts all of Overture on free ports, with a client that holds the demo user's token. */
export async function startClient(
  options: Partial<Pick<OvertureOptions, 'seedFile' | 'doubles'>> = {},
): Promise<Client> {
  const dataDir = mkdtempSync(join(tmpdir(), 'overture-e2e-'));
  const overture = await startOverture({ port: 0, log: () => {}, dataDir, ...options });
  const said: string[] = [];
  const token = (await overture.token('aaa000000000000000000111')) ?? '';

  async function raw(method: string, path: string, body: string | undefined, headers: Record<string, string>) {
    const answer = await fetch(`${overture.url}${path}`, { method, headers, ...(body !== undefined && { body }) });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text === '' ? undefined : parsed(text) };
  }
  const outbox = async (to?: string): Promise<Delivered[]> => {
    const { body } = await raw('GET', '/_local/outbox', undefined, {});
    return (body as Delivered[]).filter((entry) => to === undefined || entry.to === to);
  };

  return {
    overture,
    token,
    raw,
    outbox,
    get: (path, as = token) => raw('GET', path, undefined, { authorization: `Bearer ${as}` }),
    post: (path, body, headers = {}) => {
      said.push(...personalIn(body));
      return raw('POST', path, JSON.stringify(body), {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        ...headers,
      });
    },
    delivered: (to, count, withinMs) =>
      until(
        `${count} deliveries to ${to}`,
        async () => {
          const entries = await outbox(to);
          return entries.length >= count && entries;
        },
        withinMs === undefined ? {} : { withinMs },
      ),
    async fault(fault) {
      const { status, body } = await raw('POST', '/_local/faults', JSON.stringify(fault), {});
      if (status !== 201) throw new Error(`The fault was refused: ${JSON.stringify(body)}`);
    },
    reply: (reply) => {
      said.push(reply.from, reply.text);
      return raw('POST', '/_local/reply', JSON.stringify(reply), {});
    },
    async stop() {
      said.push(...(await outbox()).flatMap(({ to, text }) => [to, text]));
      await overture.stop();
      const logged = personalDataIn(join(dataDir, 'logs'), said);
      rmSync(dataDir, { recursive: true, force: true });
      if (logged.length > 0) throw new Error(`Logs name people: ${logged.join(', ')}`);
    },
  };
}

const parsed = (text: string): Json => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
