import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a receiver does with a request: an answer, or nothing at all. */
export type Reaction =
  | { readonly status: number; readonly body?: string; readonly headers?: Record<string, string> }
  | 'hang'
  | 'drop';

/** A receiver of webhooks on this machine. */
export interface Receiver {
  readonly url: string;
  readonly received: readonly Received[];
  /** What the next requests meet; afterwards 200 without a body. A challenge is always answered unless told so. */
  reacts(...reactions: Reaction[]): void;
  stop(): Promise<void>;
}

/** `decide` says what a request meets, where it does. */
export async function startReceiver(
  port = 0,
  decide: (received: Received) => Reaction | undefined = () => undefined,
): Promise<Receiver> {
  const received: Received[] = [];
  const reactions: Reaction[] = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await Array.fromAsync<Buffer>(request)).toString('utf8');
    const { method = '', url = '', headers } = request;
    const own = { method, path: url, headers, body };
    received.push(own);
    const challenge = new URL(url, 'http://receiver').searchParams.get('challenge');
    const reaction = decide(own) ?? reactions.shift() ?? { status: 200, ...(challenge && { body: challenge }) };
    if (reaction === 'hang') return;
    if (reaction === 'drop') {
      request.socket.destroy();
      return;
    }
    response.writeHead(reaction.status, reaction.headers).end(reaction.body);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    reacts: (...next) => void reactions.push(...next),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
