import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Answer, refusal } from './answer.ts';
import { answerPutEvents, type EventSink } from './put-events.ts';
import type { ScheduleStore } from './schedule-store.ts';
import { answerScheduler } from './scheduler.ts';
import type { SecretStore } from './secret-store.ts';

export interface Stores {
  readonly secrets: SecretStore;
  readonly schedules: ScheduleStore;
  readonly events: EventSink;
}

/**
 * Answers, to the real SDK clients, the few AWS calls that no emulator of ours covers: Secrets Manager's GetSecretValue,
 * EventBridge's PutEvents, and Scheduler's schedules. Every other call gets UnknownOperationException, so that none goes to
 * AWS by mistake.
 */
export async function startStandIn(stores: Stores): Promise<{ endpoint: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    answer(request, stores).then(
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

async function answer(request: IncomingMessage, { secrets, schedules, events }: Stores): Promise<Answer> {
  let body = '';
  for await (const chunk of request) body += chunk;
  const { method = '', headers } = request;
  const target = headers['x-amz-target'];
  if (target === 'secretsmanager.GetSecretValue') return getSecretValue(JSON.parse(body), secrets);
  if (target === 'AWSEvents.PutEvents') return answerPutEvents(body, events);
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const unknown = () =>
    refusal(
      400,
      'UnknownOperationException',
      `${target ?? `${method} ${request.url}`} is not available in a local run.`,
    );
  return (target === undefined ? answerScheduler({ method, url, body }, schedules) : undefined) ?? unknown();
}

function getSecretValue({ SecretId }: { SecretId: string }, secrets: SecretStore): Answer {
  const found = secrets.get(SecretId);
  if (!found) {
    return refusal(400, 'ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  }
  const { arn, name, value } = found;
  return [200, { ARN: arn, Name: name, SecretString: value, VersionId: 'local', VersionStages: ['AWSCURRENT'] }];
}

function send(response: ServerResponse, [status, body]: Answer): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
}
