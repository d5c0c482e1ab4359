import { RequestError } from '../domain/errors.ts';
import type { HttpRequest } from './handler.ts';

/** How large a body may be, and what callers with more can do. */
export interface BodyLimit {
  readonly bytes: number;
  readonly advice: string;
}

/** The JSON of a request's body. Throws 413 for one that is over the limit, 415 for another type, 400 for what is none. */
export function jsonOf({ body, headers }: HttpRequest, limit: BodyLimit): unknown {
  if (body.length > limit.bytes) {
    throw new RequestError(
      'request_too_large',
      `The body has ${body.length} bytes; at most ${limit.bytes} are taken. ${limit.advice}`,
    );
  }
  const type = headers['content-type'];
  if (type !== undefined && !/^application\/([\w.+-]*\+)?json\b/i.test(type)) {
    throw new RequestError('unsupported_media_type', `The body must be application/json, not ${type}.`);
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new RequestError('malformed_json', 'The body is not valid JSON.', [
      { path: '', message: 'is not valid JSON' },
    ]);
  }
}
