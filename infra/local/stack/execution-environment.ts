/**
 * The inside of one execution environment: a worker thread that loads the bundled handler once and runs one invocation
 * at a time. Reports `ready` (or why the handler could not be loaded), then one reply for each event.
 */
import { constants, getPriority, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { EnvironmentSetup, InvocationReply, InvocationRequest } from './environment-protocol.ts';
import { guardCalls } from './guard-calls.ts';

type Handler = (event: unknown, context: unknown) => unknown;

const setup = workerData as EnvironmentSetup;
const port = parentPort;
if (!port) throw new Error('An execution environment runs in a worker thread.');

const reply = (message: InvocationReply) => port.postMessage(message);
const describe = (error: unknown) => ({
  errorType: error instanceof Error ? error.name : typeof error,
  errorMessage: error instanceof Error ? error.message : String(error),
  stack: error instanceof Error ? (error.stack ?? '') : '',
});

/** Of this thread alone: 0 is the caller's own thread on Linux, and the whole process elsewhere. */
function lowerPriority(by: number): void {
  if (process.platform === 'linux') setPriority(0, Math.min(getPriority(0) + by, constants.priority.PRIORITY_LOW));
}

async function load(): Promise<Handler> {
  const module = await import(setup.moduleUrl);
  const handler = module[setup.exportName] ?? module.default?.[setup.exportName];
  if (typeof handler !== 'function') throw new Error(`${setup.moduleUrl} exports no function ${setup.exportName}.`);
  return handler;
}

const contextOf = ({ requestId, deadline }: InvocationRequest) => ({
  awsRequestId: requestId,
  functionName: setup.functionName,
  functionVersion: '$LATEST',
  invokedFunctionArn: setup.functionArn,
  memoryLimitInMB: String(setup.memoryMb),
  logGroupName: `/aws/lambda/${setup.functionName}`,
  logStreamName: 'local',
  callbackWaitsForEmptyEventLoop: true,
  getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
});

lowerPriority(setup.niceness ?? 0);
guardCalls(setup.functionName, setup.permissions);
try {
  const handler = await load();
  port.on('message', async (request: InvocationRequest) => {
    try {
      const result = await handler(JSON.parse(request.event), contextOf(request));
      reply({ kind: 'result', result: JSON.stringify(result) ?? 'null' });
    } catch (error) {
      reply({ kind: 'error', error: describe(error) });
    }
  });
  reply({ kind: 'ready' });
} catch (error) {
  reply({ kind: 'unloadable', error: describe(error) });
}
