import type * as z from 'zod';
import type { ErrorCode } from '../domain/errors.ts';

/** Headers that the document knows; infra/openapi/headers.ts says what each means. */
export type RequestHeader = 'Idempotency-Key';
export type AnswerHeader = 'Idempotency-Replayed' | 'X-Identifier-Conflict' | 'X-Total-Count' | 'Link';

/** What a request is answered with where it succeeds. */
export interface Answer {
  readonly description: string;
  /** Absent: no body. */
  readonly schema?: z.ZodType;
  readonly headers?: readonly AnswerHeader[];
  readonly example?: unknown;
}

/** What a client has to know of a route: it stands in the OpenAPI document and never in the function. */
export interface Operation {
  readonly summary: string;
  /** In Markdown, what the summary leaves out. */
  readonly description?: string;
  /** Path variables; an `id` need not be named. */
  readonly params?: Readonly<Record<string, z.ZodType>>;
  readonly query?: z.ZodObject;
  readonly headers?: readonly RequestHeader[];
  readonly body?: z.ZodType;
  /** Bodies, by what they show. */
  readonly examples?: Readonly<Record<string, unknown>>;
  /** By status. */
  readonly answers: Readonly<Record<number, Answer>>;
  /** Codes of its own: those of the token, of the JSON and of our own faults stand at every route that has them. */
  readonly errors: readonly ErrorCode[];
}

/** By `METHOD /path`, as in the route table. */
export type Operations = Readonly<Record<string, Operation>>;
