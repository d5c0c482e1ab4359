import { setTimeout as delay } from 'node:timers/promises';
import { createEnvironment, type Environment, type EnvironmentOptions, FunctionError } from './environment.ts';

export interface LambdaFunction {
  readonly name: string;
  readonly arn: string;
  /** Resolves with the handler's answer, through JSON as on AWS. Rejects with FunctionError. */
  invoke(event: unknown): Promise<unknown>;
  /** Loads one environment, unless there is one, so that the first event need not wait for it. Never rejects. */
  prewarm(): Promise<void>;
  running(): number;
  stop(): Promise<void>;
}

export interface LambdaFunctionOptions extends EnvironmentOptions {
  /** Events beyond it wait for an environment to become free. */
  readonly maxConcurrency: number;
  onFailure(error: FunctionError): void;
}

/** Lambda's limit for the event and the answer of a synchronous invocation. */
export const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024;

/**
 * How long an event waits for an environment in use before another is made. On AWS a new one is another machine; here it
 * takes 200 ms from the processors that the ones in use run on.
 */
const PATIENCE_MS = 50;

/** A function as a pool of environments, each busy with one event at a time and kept for the next. */
export function createLambdaFunction(options: LambdaFunctionOptions): LambdaFunction {
  const { functionName: name, functionArn: arn } = options.setup;
  const all = new Set<Environment>();
  const idle: Environment[] = [];
  const waiting: Array<(environment: Environment) => void> = [];
  let growing = false;
  let running = 0;
  let stopped = false;

  /** Ready, or failed to load: then it tells the event that gets it. */
  async function load(): Promise<Environment> {
    const environment = createEnvironment(options);
    all.add(environment);
    await environment.loaded.catch(() => {});
    return environment;
  }

  function take(): Promise<Environment> {
    return new Promise((resolve) => {
      waiting.push(resolve);
      serveWaiting();
    });
  }

  function give(environment: Environment): void {
    if (environment.isAlive()) idle.push(environment);
    serveWaiting();
  }

  function serveWaiting(): void {
    for (const environment of all) if (!environment.isAlive()) all.delete(environment);
    while (waiting.length > 0 && idle.length > 0) {
      const environment = idle.pop();
      if (environment?.isAlive()) waiting.shift()?.(environment);
    }
    const mayGrow = !growing && !stopped && all.size < options.maxConcurrency;
    if (waiting.length > 0 && mayGrow) void grow();
  }

  /** One at a time: by then those that wait may have been served. */
  async function grow(): Promise<void> {
    growing = true;
    if (all.size > 0) await delay(PATIENCE_MS);
    if (waiting.length > 0 && !stopped) {
      const environment = await load();
      const next = waiting.shift();
      if (next) next(environment);
      else idle.push(environment);
    }
    growing = false;
    serveWaiting();
  }

  async function run(event: string): Promise<string> {
    const environment = await take();
    running += 1;
    try {
      return await environment.invoke(event);
    } finally {
      running -= 1;
      give(environment);
    }
  }

  return {
    name,
    arn,
    async invoke(event) {
      try {
        const answer = await run(JSON.stringify(event));
        if (Buffer.byteLength(answer) > MAX_PAYLOAD_BYTES) throw tooLarge();
        return JSON.parse(answer);
      } catch (error) {
        if (error instanceof FunctionError && !stopped) options.onFailure(error);
        throw error;
      }
    },
    async prewarm() {
      if (stopped || all.size > 0) return;
      give(await load());
    },
    running: () => running,
    async stop() {
      stopped = true;
      await Promise.all([...all].map((environment) => environment.stop()));
    },
  };
}

const tooLarge = () =>
  new FunctionError('thrown', {
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: `The answer exceeds ${MAX_PAYLOAD_BYTES} bytes.`,
    stack: '',
  });
