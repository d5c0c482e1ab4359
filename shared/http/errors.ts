import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type * as z from 'zod';
import { unstorableIn } from '../contracts/storable-json.ts';
import { type ErrorDetail, RequestError } from '../domain/errors.ts';

export const jsonResponse = (
  statusCode: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): APIGatewayProxyStructuredResultV2 => ({
  statusCode,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: JSON.stringify(body),
});

/** The error body of the contract: `{error: {code, message, details}}`. */
export const errorResponse = (error: RequestError): APIGatewayProxyStructuredResultV2 =>
  jsonResponse(
    error.status,
    { error: { code: error.code, message: error.message, details: error.details } },
    error.headers,
  );

/**
 * Checks what came in against its schema, and that the table can keep it. Throws 400 naming every field that is wrong, by
 * its path.
 */
export function parseRequest<T extends z.ZodType>(schema: T, input: unknown, base = ''): z.infer<T> {
  const parsed = parseShape(schema, input, base);
  const unstorable = unstorableIn(parsed);
  if (unstorable) throw refused([unstorable], base);
  return parsed;
}

/** The same without a look at what the schema leaves open: for what is checked part by part afterwards. */
export function parseShape<T extends z.ZodType>(schema: T, input: unknown, base = ''): z.infer<T> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw refused(parsed.error.issues, base);
}

function refused(issues: readonly Pick<z.core.$ZodIssue, 'path' | 'message'>[], base: string): RequestError {
  const details = issues.map(
    (issue): ErrorDetail => ({
      path: [base, ...issue.path.map(String)].filter((part) => part !== '').join('.'),
      message: issue.message,
    }),
  );
  const [first] = details;
  const more = details.length > 1 ? ` (and ${details.length - 1} more)` : '';
  return new RequestError(
    'invalid_request',
    `The request is not valid: ${first?.path ? `${first.path}: ` : ''}${first?.message ?? 'unknown problem'}${more}.`,
    details,
  );
}
