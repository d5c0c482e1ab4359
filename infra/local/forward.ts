import { type IncomingMessage, type ServerResponse, request as send } from 'node:http';

/** Passes a request on to another server on this machine, and its answer back, both as they are. */
export function forward(request: IncomingMessage, response: ServerResponse, to: URL): void {
  const onward = send(to, { method: request.method, headers: request.headers });
  onward.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => {
    response.writeHead(502, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: 'Who would answer this is not there any more.' }));
  });
  request.pipe(onward);
}
