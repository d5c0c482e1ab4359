import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FunctionError } from './environment.ts';
import { type HttpEvent, splitTarget, toHttpEvent } from './http-event.ts';
import { gatewayAnswer, type HttpAnswer, toHttpAnswer } from './http-response.ts';
import { createRouter, type Route, type RouteMatch } from './http-routes.ts';
import { MAX_PAYLOAD_BYTES } from './lambda-function.ts';

export interface HttpApi {
  readonly url: string;
  /** Answers requests from now on; those that came before have waited. */
  serve(routes: readonly Route[]): void;
  stop(): Promise<void>;
}

export interface HttpApiOptions {
  /** 0: a free one. */
  readonly port: number;
  /** Who a request is for: requests that wait for a function are served fairly by it. Default: all are alike. */
  groupOf?(event: HttpEvent): string;
  /** Asked first for paths under `/_local` and `/c`, which AWS does not have; answers whether it took the request. */
  onLocalRequest?(request: IncomingMessage, response: ServerResponse): boolean;
  log(line: string): void;
}

const LOCAL_PATH = /^\/(_local|c)(\/|\?|$)/;
const MAX_BODY_BYTES = 10 * 1024 * 1024;
const INTEGRATION_MS = 30_000;

/** An HTTP API on 127.0.0.1, its port bound before anything else starts. Throws one clear sentence for a taken port. */
export async function openHttpApi({ port, groupOf, onLocalRequest, log }: HttpApiOptions): Promise<HttpApi> {
  const { promise: router, resolve: serveWith } = Promise.withResolvers<ReturnType<typeof createRouter>>();

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (LOCAL_PATH.test(request.url ?? '') && onLocalRequest?.(request, response)) return;
    const body = await readBody(request);
    const findRoute = await router;
    const match = findRoute(request.method ?? 'GET', splitTarget(request.url ?? '/').path);
    if (!match) return send(response, gatewayAnswer.notFound());
    if (!body) return send(response, gatewayAnswer.tooLarge());
    const event = toHttpEvent(request, match, body);
    const answer = await invoke(match, event, groupOf?.(event));
    send(response, { ...answer, headers: { ...answer.headers, 'apigw-requestid': event.requestContext.requestId } });
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error) => {
      log(`HTTP API: ${String(error)}`);
      if (response.headersSent) response.destroy();
      else send(response, gatewayAnswer.functionFailed());
    });
  });
  await listen(server, port);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve: (routes) => serveWith(createRouter(routes)),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE';
      reject(isTaken ? new Error(`Port ${port} is taken: set PORT to another one.`) : error);
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}

/** The body, or undefined when it is over the limit; it is read to its end either way, so that the answer gets through. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return length <= MAX_BODY_BYTES ? Buffer.concat(chunks) : undefined;
}

async function invoke({ route }: RouteMatch, event: object, group?: string): Promise<HttpAnswer> {
  if (Buffer.byteLength(JSON.stringify(event)) > MAX_PAYLOAD_BYTES) return gatewayAnswer.tooLarge();
  const { promise: late, resolve } = Promise.withResolvers<HttpAnswer>();
  const timer = setTimeout(() => resolve(gatewayAnswer.unavailable()), INTEGRATION_MS);
  const answered = route.lambda.invoke(event, { group }).then(toHttpAnswer, (error) => {
    const isTimeout = error instanceof FunctionError && error.kind === 'timeout';
    return isTimeout ? gatewayAnswer.unavailable() : gatewayAnswer.functionFailed();
  });
  const answer = await Promise.race([answered, late]);
  clearTimeout(timer);
  return answer;
}

function send(response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  response.writeHead(status, headers).end(body);
}
