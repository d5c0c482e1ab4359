import { FunctionError } from './environment.ts';
import { createEnvironmentPool, type PoolOptions } from './environment-pool.ts';
import { createLane, type Lane, type Turns } from './turns.ts';

export interface LambdaFunction {
  readonly name: string;
  readonly arn: string;
  /** Resolves with the handler's answer, through JSON as on AWS, when the event has had its turn. Rejects with FunctionError. */
  invoke(event: unknown, caller?: Caller): Promise<unknown>;
  /** Loads one environment, unless there is one, so that the first event need not wait for it. Never rejects. */
  prewarm(): Promise<void>;
  running(): number;
  stop(): Promise<void>;
}

export interface Caller {
  /** Whose event it is: groups take turns. Default: nobody's. */
  readonly group?: string | undefined;
  /** Default: the function's own, which has no limit. */
  readonly lane?: Lane;
  /** Told when the event has its turn. */
  begun?(): void;
  /** Once aborted, what still waits for its turn is not begun: its invocation rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface LambdaFunctionOptions extends PoolOptions {
  /** Of all functions: they share the processors. */
  readonly turns: Turns;
  onFailure(error: FunctionError): void;
}

/** Lambda's limit for the event and the answer of a synchronous invocation. */
export const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024;

/** A function as a pool of environments, which its events get when it is their turn. */
export function createLambdaFunction(options: LambdaFunctionOptions): LambdaFunction {
  const { turns, onFailure } = options;
  const { functionName: name, functionArn: arn } = options.setup;
  const pool = createEnvironmentPool(options);
  const open = createLane(Number.POSITIVE_INFINITY);
  let running = 0;
  let stopped = false;

  async function run(event: string, { group = '', lane = open, begun, signal }: Caller): Promise<string> {
    const { environment, end } = await turns.take({ group, lane, pool, begun });
    running += 1;
    try {
      signal?.throwIfAborted();
      return await environment.invoke(event);
    } finally {
      running -= 1;
      end();
    }
  }

  return {
    name,
    arn,
    async invoke(event, caller = {}) {
      try {
        const answer = await run(JSON.stringify(event), caller);
        if (Buffer.byteLength(answer) > MAX_PAYLOAD_BYTES) throw tooLarge();
        return JSON.parse(answer);
      } catch (error) {
        if (error instanceof FunctionError && !stopped) onFailure(error);
        throw error;
      }
    },
    async prewarm() {
      if (stopped || !pool.isEmpty()) return;
      await pool.grow();
      turns.review();
    },
    running: () => running,
    async stop() {
      stopped = true;
      await pool.stop();
    },
  };
}

const tooLarge = () =>
  new FunctionError('thrown', {
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: `The answer exceeds ${MAX_PAYLOAD_BYTES} bytes.`,
    stack: '',
  });
