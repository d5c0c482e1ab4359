import { setTimeout as delay } from 'node:timers/promises';
import { createEnvironment, type Environment, type EnvironmentOptions, FunctionError } from './environment.ts';
import { createFairLine } from './fair-line.ts';

export interface LambdaFunction {
  readonly name: string;
  readonly arn: string;
  /**
   * Resolves with the handler's answer, through JSON as on AWS. Rejects with FunctionError. Events that have to wait are
   * served fairly by their `group`.
   */
  invoke(event: unknown, group?: string): Promise<unknown>;
  /** Loads one environment, unless there is one, so that the first event need not wait for it. Never rejects. */
  prewarm(): Promise<void>;
  running(): number;
  stop(): Promise<void>;
}

export interface LambdaFunctionOptions extends EnvironmentOptions {
  /** Events beyond it wait for an environment to become free. */
  readonly maxConcurrency: number;
  /** Watches from now on: see processors.ts. */
  watchProcessors(): () => number;
  onFailure(error: FunctionError): void;
}

/** Lambda's limit for the event and the answer of a synchronous invocation. */
export const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024;

/**
 * How long an event waits for an environment in use before another is made. On AWS a new one is another machine; here it
 * takes 200 ms from the processors that the ones in use run on.
 */
const PATIENCE_MS = 50;

/** A group may have as many at work whatever the processors have to do: while one waits for the table, the other works. */
const ALWAYS_OF_ONE_GROUP = 2;
/** More than that are of use while this much of the processors is unused, */
const UNUSED_SHARE = 0.25;
/** or while those at work do little but wait, as for a provider that hangs. */
const WAITING_SHARE = 0.9;

/**
 * A function as a pool of environments, each busy with one event at a time and kept for the next. Where processors are
 * short, a group has few at work: what it could do with more it would take from the others.
 */
export function createLambdaFunction(options: LambdaFunctionOptions): LambdaFunction {
  const { functionName: name, functionArn: arn } = options.setup;
  const all = new Set<Environment>();
  const idle: Environment[] = [];
  const line = createFairLine<(environment: Environment) => void>();
  let mostOfOneGroup = ALWAYS_OF_ONE_GROUP;
  let relieving = false;
  let running = 0;
  let stopped = false;

  /** Ready, or failed to load: then it tells the event that gets it. */
  async function load(): Promise<Environment> {
    const environment = createEnvironment(options);
    all.add(environment);
    await environment.loaded.catch(() => {});
    return environment;
  }

  function take(group: string): Promise<Environment> {
    return new Promise((resolve) => {
      line.join(group, resolve);
      serveWaiting();
    });
  }

  function give(environment: Environment): void {
    if (environment.isAlive()) idle.push(environment);
    serveWaiting();
  }

  function serveWaiting(): void {
    for (const environment of all) if (!environment.isAlive()) all.delete(environment);
    while (idle.length > 0 && line.hasNext(mostOfOneGroup)) {
      const environment = idle.pop();
      if (environment?.isAlive()) line.next(mostOfOneGroup)?.(environment);
    }
    if (line.waiting() > 0 && !relieving && !stopped) void relieve();
  }

  /** One environment at a time: by then those that wait may have been served. */
  async function relieve(): Promise<void> {
    relieving = true;
    const isOfUse = watchUse();
    if (all.size > 0) await delay(PATIENCE_MS);
    const wanted = mostOfOneGroup + (isOfUse() ? 1 : -1);
    mostOfOneGroup = Math.min(Math.max(wanted, ALWAYS_OF_ONE_GROUP), options.maxConcurrency);
    if (idle.length === 0 && all.size < options.maxConcurrency && line.hasNext(mostOfOneGroup)) await grow();
    relieving = false;
    serveWaiting();
  }

  /** Whether one more at work would have had something to run on since the call. */
  function watchUse(): () => boolean {
    const unused = options.watchProcessors();
    const computing = [...all].map((environment) => environment.watchUtilization());
    return () => {
      const computed = computing.reduce((sum, utilization) => sum + utilization(), 0);
      return unused() >= UNUSED_SHARE || computed <= (1 - WAITING_SHARE) * computing.length;
    };
  }

  async function grow(): Promise<void> {
    if (stopped) return;
    const environment = await load();
    const serve = line.next(mostOfOneGroup);
    if (serve) serve(environment);
    else idle.push(environment);
  }

  async function run(event: string, group: string): Promise<string> {
    const environment = await take(group);
    running += 1;
    try {
      return await environment.invoke(event);
    } finally {
      running -= 1;
      line.leave(group);
      give(environment);
    }
  }

  return {
    name,
    arn,
    async invoke(event, group = '') {
      try {
        const answer = await run(JSON.stringify(event), group);
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
