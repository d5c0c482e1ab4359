import type { World } from '../api-world.ts';

// biome-ignore lint/suspicious/noExplicitAny: requests and answers are what a client may send and read
type Json = any;

/** What is ours in a test, made when it is asked for. All of it lies below the root of `api-seed.ts`. */
export interface Ours {
  /** An organization that keeps its templates at Meta. */
  garage(): Promise<string>;
  template(): Promise<Json>;
  /** One with a subscriber. */
  channel(): Promise<Json>;
  /** A webhook that was not told of a message. */
  service(): Promise<Json>;
  /** A bot of a garage, with a token that it keeps. */
  user(): Promise<{ id: string; token: string; keptToken: string }>;
  /** Such a bot that begins with one-time passwords, and its first. */
  beginner(): Promise<{ id: string; token: string; code: string }>;
  /** One with a message that is not due for an hour; `email` is the contact's. */
  conversation(): Promise<Json>;
}

/** A request of an operation, but for its method, its path and its token. */
export interface CallRequest {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Json;
  /** Of who alone may call; else it is an admin's. */
  readonly token?: string;
}
export type Call = (ours: Ours, world: World) => CallRequest | Promise<CallRequest>;

/** How an operation is called. A call that names something of ours must not work with a foreign token. */
export interface OperationCalls {
  /** Calls for each status by which it succeeds, with an admin's token. */
  readonly answers: Readonly<Record<number, readonly [Call, ...Call[]]>>;
  /** Why a foreign token may be answered as ours is: because nothing depends on it. */
  readonly open?: string;
}

/** By `METHOD /path`, as the document names it. */
export type Calls = Readonly<Record<string, OperationCalls>>;
