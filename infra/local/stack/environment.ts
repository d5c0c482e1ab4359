import { randomUUID } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { EnvironmentSetup, FunctionFailure, InvocationReply } from './environment-protocol.ts';

export interface EnvironmentOptions {
  readonly setup: EnvironmentSetup;
  readonly variables: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  write(chunk: Buffer | string): void;
}

export interface Environment {
  /** Settles when the handler is loaded. Rejects with FunctionError. */
  readonly loaded: Promise<void>;
  /** Resolves with the handler's answer. Rejects with FunctionError; then the environment is alive only for `thrown`. */
  invoke(event: string): Promise<string>;
  isAlive(): boolean;
  /** From now on: answers which share of the time until the call the handler was computing, from 0 to 1. */
  watchUtilization(): () => number;
  stop(): Promise<unknown>;
}

/** Lambda's limit for loading a function, apart from the function's own timeout. */
const INIT_MS = 10_000;

/** By itself a thread that works lets as much as a hundred megabytes of what it is done with lie, and there are dozens. */
const YOUNG_MB = 12;

export type FailureKind = 'thrown' | 'timeout' | 'crashed';

export class FunctionError extends Error {
  override readonly name = 'FunctionError';
  readonly kind: FailureKind;
  readonly errorType: string;

  constructor(kind: FailureKind, { errorType, errorMessage, stack }: FunctionFailure) {
    super(errorMessage);
    this.kind = kind;
    this.errorType = errorType;
    if (stack) this.stack = stack;
  }
}

const failure = (kind: FailureKind, errorType: string, errorMessage: string) =>
  new FunctionError(kind, { errorType, errorMessage, stack: '' });

/** One thread that holds a loaded handler; the caller gives it one event at a time. */
export function createEnvironment({ setup, variables, timeoutMs, write }: EnvironmentOptions): Environment {
  let alive = true;
  let settle: ((reply: InvocationReply | FunctionError) => void) | undefined;
  const thread = new Worker(new URL('./execution-environment.ts', import.meta.url), {
    env: { ...variables },
    workerData: setup,
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: setup.memoryMb, maxYoungGenerationSizeMb: YOUNG_MB },
  });
  thread.stdout.on('data', write);
  thread.stderr.on('data', write);
  const end = (error: FunctionError) => {
    alive = false;
    settle?.(error);
  };
  thread.on('message', (reply: InvocationReply) => settle?.(reply));
  thread.on('error', (error) => end(failure('crashed', 'Runtime.Crash', String(error))));
  thread.on('exit', (code) => end(failure('crashed', 'Runtime.ExitError', `The runtime exited with code ${code}.`)));

  /** The thread's next word, or a FunctionError; a thread that lets the time pass is killed. */
  async function nextReply(limitMs: number, lateMessage: string): Promise<InvocationReply> {
    const { promise, resolve } = Promise.withResolvers<InvocationReply | FunctionError>();
    const timer = setTimeout(() => {
      alive = false;
      resolve(failure('timeout', 'Sandbox.Timedout', lateMessage));
      void thread.terminate();
    }, limitMs);
    settle = resolve;
    const reply = await promise;
    clearTimeout(timer);
    settle = undefined;
    if (reply instanceof FunctionError) throw reply;
    return reply;
  }

  async function load(): Promise<void> {
    const reply = await nextReply(INIT_MS, `The function was not loaded within ${INIT_MS / 1000} seconds.`);
    if (reply.kind !== 'unloadable') return;
    alive = false;
    void thread.terminate();
    throw new FunctionError('crashed', reply.error);
  }

  const loaded = load();
  loaded.catch(() => {});

  return {
    loaded,
    async invoke(event) {
      await loaded;
      const requestId = randomUUID();
      const late = `${requestId} Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`;
      thread.postMessage({ requestId, event, deadline: Date.now() + timeoutMs });
      const reply = await nextReply(timeoutMs, late);
      if (reply.kind === 'result') return reply.result;
      if (reply.kind === 'error') throw new FunctionError('thrown', reply.error);
      throw failure('crashed', 'Runtime.Protocol', 'The execution environment answered out of turn.');
    },
    isAlive: () => alive,
    watchUtilization() {
      const before = thread.performance.eventLoopUtilization();
      return () => thread.performance.eventLoopUtilization(before).utilization;
    },
    stop: () => {
      alive = false;
      return thread.terminate();
    },
  };
}
