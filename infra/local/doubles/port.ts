import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface Call {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** `hang` leaves the caller waiting; `drop` closes the connection without a word. */
export type Answer = Reply | 'hang' | 'drop';

export type Port = ReturnType<typeof createPort>;

/** Callers keep connections open; were the server's limit the shorter one, an honest send would now and then be reset. */
const KEEP_ALIVE_MS = 120_000;

export const json = (status: number, value: unknown): Reply => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(value),
});

/**
 * One provider's address: a server on 127.0.0.1 that can refuse connections for a while and come back on its port.
 * `latencyMs`: how long it keeps an answer back.
 */
export function createPort(handle: (call: Call) => Answer | Promise<Answer>, latencyMs = 0) {
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      console.error('doubles:', error);
      response.destroy();
    });
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  let port = 0;
  let opensAt = 0;
  let timer: NodeJS.Timeout | undefined;
  let opening: Promise<void> | undefined;
  const waiting: Array<() => void> = [];

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await read(request);
    if (!body) return;
    const url = new URL(`http://127.0.0.1${request.url ?? '/'}`);
    const answer = await handle({ method: request.method ?? 'GET', url, headers: request.headers, body });
    if (latencyMs > 0) await delay(latencyMs);
    if (answer === 'hang') return;
    if (answer === 'drop') response.destroy();
    else response.writeHead(answer.status, answer.headers).end(answer.body);
  }

  function open(): Promise<void> {
    clearTimeout(timer);
    opensAt = 0;
    opening ??= listen().finally(() => {
      opening = undefined;
    });
    return opening;
  }

  async function listen(): Promise<void> {
    if (server.listening) return;
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
    for (const done of waiting.splice(0)) done();
  }

  async function close(): Promise<void> {
    clearTimeout(timer);
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  /** Opens again after `ms`, on the same port, and calls `onOpen`; called while closed, it adds to the wait. */
  async function refuse(ms: number, onOpen: () => void): Promise<void> {
    waiting.push(onOpen);
    opensAt = Math.max(opensAt, Date.now()) + ms;
    await close();
    timer = setTimeout(reopen, opensAt - Date.now());
  }

  function reopen(): void {
    open().catch(() => {
      timer = setTimeout(reopen, 100);
    });
  }

  return {
    /** `wanted` 0 takes a free port. */
    async listen(wanted: number): Promise<void> {
      port = wanted;
      await open();
    },
    url: () => `http://127.0.0.1:${port}`,
    refuse,
    open,
    close,
  };
}

/** Nothing when the caller went away before the end of its request. */
async function read(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk);
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks);
}
