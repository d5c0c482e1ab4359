import type { Permission } from './permissions.ts';

/** What travels between the pool and the thread of an execution environment. */

export interface EnvironmentSetup {
  readonly moduleUrl: string;
  readonly exportName: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly memoryMb: number;
  /** What the function's role may do. */
  readonly permissions: readonly Permission[];
  /** Added to that of the process, where threads have one of their own (Linux). Default: 0. */
  readonly niceness?: number;
}

export interface InvocationRequest {
  readonly requestId: string;
  /** JSON, as Lambda passes it: what a handler gets has been through a serializer. */
  readonly event: string;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
}

export interface FunctionFailure {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly stack: string;
}

export type InvocationReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'unloadable'; readonly error: FunctionFailure }
  | { readonly kind: 'result'; readonly result: string }
  | { readonly kind: 'error'; readonly error: FunctionFailure };
