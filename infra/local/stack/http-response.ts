export interface HttpAnswer {
  readonly status: number;
  readonly headers: Record<string, string | string[]>;
  readonly body: Buffer | string;
}

/** API Gateway's own answers, word for word. */
export const gatewayAnswer = {
  notFound: () => ownAnswer(404, 'Not Found'),
  tooLarge: () => ownAnswer(413, 'Request Entity Too Large'),
  functionFailed: () => ownAnswer(500, 'Internal Server Error'),
  unavailable: () => ownAnswer(503, 'Service Unavailable'),
};

const ownAnswer = (status: number, message: string): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ message }),
});

interface StructuredResult {
  readonly statusCode: unknown;
  readonly headers?: Record<string, unknown>;
  readonly cookies?: unknown;
  readonly body?: unknown;
  readonly isBase64Encoded?: boolean;
}

/**
 * What API Gateway makes of a function's answer: one without `statusCode` is itself the JSON body of a 200; one that is
 * malformed is a 500.
 */
export function toHttpAnswer(result: unknown): HttpAnswer {
  if (!isStructured(result)) {
    const body = typeof result === 'string' ? result : JSON.stringify(result);
    return { status: 200, headers: { 'content-type': 'application/json' }, body };
  }
  const { statusCode, headers = {}, cookies, body = '', isBase64Encoded } = result;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599 || (body !== null && typeof body !== 'string')) {
    return gatewayAnswer.functionFailed();
  }
  const sent: HttpAnswer['headers'] = { 'content-type': 'text/plain;charset=UTF-8' };
  for (const [name, value] of Object.entries(headers)) sent[name.toLowerCase()] = String(value);
  if (Array.isArray(cookies)) sent['set-cookie'] = cookies.map(String);
  return { status, headers: sent, body: isBase64Encoded ? Buffer.from(body ?? '', 'base64') : (body ?? '') };
}

const isStructured = (result: unknown): result is StructuredResult =>
  typeof result === 'object' && result !== null && 'statusCode' in result;
