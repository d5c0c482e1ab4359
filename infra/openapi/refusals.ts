import * as z from 'zod';
import type { ZodOpenApiResponseObject } from 'zod-openapi';
import { ErrorViewSchema } from '../../shared/contracts/views/errors.ts';
import { ERROR_STATUS, type ErrorCode } from '../../shared/domain/errors.ts';
import type { Operation } from '../../shared/http/operation.ts';
import type { ErrorTable } from './error-table.ts';
import { RETRY_AFTER } from './headers.ts';
import type { DescribedRoute } from './routes.ts';

const OF_JSON: readonly ErrorCode[] = ['malformed_json', 'request_too_large', 'unsupported_media_type'];
const OF_TOKENS: readonly ErrorCode[] = ['unauthorized', 'forbidden', 'rate_exceeded'];

/** Every code that a route answers: its own, and those that every route of its kind has. */
export function codesOf(route: DescribedRoute, { errors }: Operation): readonly ErrorCode[] {
  const codes = new Set<string>([
    ...errors,
    ...(route.body ? OF_JSON : []),
    ...(route.scope === 'none' ? [] : OF_TOKENS),
    'internal_error',
  ]);
  return Object.keys(ERROR_STATUS).filter((code): code is ErrorCode => codes.has(code));
}

export type Refusals = (codes: readonly ErrorCode[]) => Record<string, ZodOpenApiResponseObject>;

/** Makes a response for each status, which lists its codes and when they are answered: one for the same codes. */
export function createRefusals(whenOf: ErrorTable): Refusals {
  const made = new Map<string, ZodOpenApiResponseObject>();
  const responseOf = (status: number, codes: readonly ErrorCode[]): ZodOpenApiResponseObject => {
    const key = codes.join();
    const id = codes.length === 1 ? { id: key } : {};
    const response = made.get(key) ?? { ...id, ...refusalObject(status, codes, whenOf) };
    made.set(key, response);
    return response;
  };
  return (codes) => {
    const byStatus = Map.groupBy(codes, (code) => ERROR_STATUS[code]);
    return Object.fromEntries([...byStatus].map(([status, those]) => [status, responseOf(status, those)]));
  };
}

const REPEATABLE: ReadonlySet<number> = new Set([429, 503]);

const refusalObject = (status: number, codes: readonly ErrorCode[], whenOf: ErrorTable): ZodOpenApiResponseObject => ({
  description: codes.map((code) => `- \`${code}\`: ${whenOf[code]}`).join('\n'),
  ...(REPEATABLE.has(status) && { headers: z.object({ 'Retry-After': RETRY_AFTER }) }),
  content: {
    'application/json': {
      schema: ErrorViewSchema,
      examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
    },
  },
});
