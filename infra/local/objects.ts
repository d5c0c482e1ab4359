import type { IncomingMessage, ServerResponse } from 'node:http';
import { forward } from './forward.ts';
import type { LocalStack } from './stack/local-stack.ts';

/** The bucket for imports without S3's signatures: `PUT` uploads, `GET` reads results, or lists by `?prefix=`. */
export const OBJECTS_PATH = '/_local/objects/';

/** Passes a request on to the bucket for imports. 503 while nothing runs yet. */
export function forwardToObjects(
  request: IncomingMessage,
  response: ServerResponse,
  { url, stack }: { url: URL; stack: Pick<LocalStack, 'endpoints' | 'find'> | undefined },
): void {
  if (!stack) {
    response.writeHead(503).end();
    return;
  }
  const key = url.pathname.slice(OBJECTS_PATH.length);
  forward(request, response, new URL(`/${stack.find('Imports')}/${key}${url.search}`, stack.endpoints.s3));
}
