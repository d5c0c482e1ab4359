import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** `drop` closes the connection and `hang` never answers, both after the whole request was read. */
export type Script =
  | 'drop'
  | 'hang'
  | { readonly status: number; readonly body?: unknown; readonly headers?: Record<string, string> };

interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface ProviderServer {
  readonly url: string;
  readonly requests: ReceivedRequest[];
  /** Forgets what was received; the scripts are used one per request, the last one from then on. */
  script(...scripts: readonly Script[]): void;
  close(): Promise<void>;
}

/** A provider that does as it is told, on a real port of 127.0.0.1. */
export async function startProviderServer(): Promise<ProviderServer> {
  const requests: ReceivedRequest[] = [];
  let scripts: Script[] = [];
  const server = createServer(async (request, response) => {
    requests.push(await receive(request));
    const script = scripts.length > 1 ? scripts.shift() : scripts[0];
    play(script ?? { status: 500, body: 'no script' }, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    script(...next) {
      requests.length = 0;
      scripts = [...next];
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** An address where nobody listens. */
export async function closedUrl(): Promise<string> {
  const server = await startProviderServer();
  await server.close();
  return server.url;
}

async function receive(request: IncomingMessage): Promise<ReceivedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  return {
    method: request.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

function play(script: Script, request: IncomingMessage, response: ServerResponse): void {
  if (script === 'hang') return;
  if (script === 'drop') {
    request.socket.destroy();
    return;
  }
  const isText = typeof script.body === 'string';
  response.writeHead(script.status, { 'content-type': isText ? 'text/plain' : 'application/json', ...script.headers });
  response.end(isText ? script.body : JSON.stringify(script.body ?? {}));
}
