import { createServer, type IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { Api } from './api-world.ts';

// biome-ignore lint/suspicious/noExplicitAny: the SDK has no types
type Json = any;

const ChipChat: Json = createRequire(import.meta.url)('chipchat');

export interface SdkServer {
  /** The reference SDK, with a token. */
  sdk(token: string): Json;
  stop(): void;
}

/** Serves an API by HTTP, as the SDK wants it. */
export async function serveSdk(createApi: (publicUrl: string) => Api): Promise<SdkServer> {
  let api: Api | undefined;
  const server = createServer(async (request, response) => {
    const body = await textOf(request);
    const answer = await api?.send({
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers as Record<string, string>,
      ...(body !== '' && { body }),
    });
    response.writeHead(answer?.status ?? 500, answer?.headers as Record<string, string>);
    response.end(answer?.body === undefined ? undefined : JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  api = createApi(host);
  return { sdk: (token) => new ChipChat({ token, host }), stop: () => server.close() };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
