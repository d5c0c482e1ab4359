import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SecretStore } from './secret-store.ts';

type Answer = readonly [status: number, body: Record<string, unknown>];

/**
 * Answers, to the real SDK clients, the few AWS calls that no emulator of ours covers: Secrets Manager's GetSecretValue.
 * Every other call gets UnknownOperationException, so that none goes to AWS by mistake.
 */
export async function startStandIn(secrets: SecretStore): Promise<{ endpoint: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    answer(request, secrets).then(
      (reply) => send(response, reply),
      (error) => send(response, [500, { __type: 'InternalServiceError', message: String(error) }]),
    );
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { endpoint: `http://127.0.0.1:${port}`, stop };
}

async function answer(request: IncomingMessage, secrets: SecretStore): Promise<Answer> {
  let body = '';
  for await (const chunk of request) body += chunk;
  const operation = request.headers['x-amz-target'] ?? `${request.method} ${request.url}`;
  if (operation === 'secretsmanager.GetSecretValue') return getSecretValue(JSON.parse(body), secrets);
  return [400, { __type: 'UnknownOperationException', message: `${operation} is not available in a local run.` }];
}

function getSecretValue({ SecretId }: { SecretId: string }, secrets: SecretStore): Answer {
  const found = secrets.get(SecretId);
  if (!found) {
    const message = "Secrets Manager can't find the specified secret.";
    return [400, { __type: 'ResourceNotFoundException', message, Message: message }];
  }
  const { arn, name, value } = found;
  return [200, { ARN: arn, Name: name, SecretString: value, VersionId: 'local', VersionStages: ['AWSCURRENT'] }];
}

function send(response: ServerResponse, [status, body]: Answer): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
}
