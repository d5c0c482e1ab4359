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

/** A function as a pool of environments, each busy with one event at a time and kept for the next. */
export function createLambdaFunction(options: LambdaFunctionOptions): LambdaFunction {
  const { functionName: name, functionArn: arn } = options.setup;
  const all = new Set<Environment>();
  const idle: Environment[] = [];
  const waiting: Array<(environment: Environment) => void> = [];
  let running = 0;
  let stopped = false;

  function add(): Environment {
    const environment = createEnvironment(options);
    all.add(environment);
    return environment;
  }

  function forgetTheDead(): void {
    for (const environment of all) if (!environment.isAlive()) all.delete(environment);
  }

  async function take(): Promise<Environment> {
    forgetTheDead();
    for (let free = idle.pop(); free; free = idle.pop()) if (free.isAlive()) return free;
    if (all.size < options.maxConcurrency) return add();
    return new Promise((resolve) => waiting.push(resolve));
  }

  function give(environment: Environment): void {
    forgetTheDead();
    if (stopped) return;
    const next = waiting.shift();
    if (!next) idle.push(environment);
    else next(environment.isAlive() ? environment : add());
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
      const environment = add();
      idle.push(environment);
      await environment.loaded.catch(() => {});
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
