import { demandScope, identifyCaller } from '../../shared/auth/caller.ts';
import { createRateLimit } from '../../shared/auth/rate-limit.ts';
import { MAX_BODY_BYTES } from '../../shared/contracts/conversation-request.ts';
import { RequestError } from '../../shared/domain/errors.ts';
import type { HttpRequest, HttpResponse } from '../../shared/http/handler.ts';
import { createRouter } from '../../shared/http/router.ts';
import { StillContendedError } from '../../shared/store/contention.ts';
import { isContention } from '../../shared/store/table.ts';
import { PAGE_ROUTES } from './docs/routes.ts';
import type { ApiParts } from './parts.ts';
import { ROUTES } from './routes.ts';
import { refuseUnsupported } from './unsupported.ts';

const RETRY_AFTER_SECONDS = '1';

/** Serves the API: route, caller, body, use case. Throws RequestError for everything that is the caller's to mend. */
export function createApi(parts: ApiParts): (request: HttpRequest) => Promise<HttpResponse> {
  const match = createRouter([...ROUTES, ...PAGE_ROUTES]);
  const demandRate = createRateLimit(parts.clock);
  return async (request) => {
    refuseUnsupported(request);
    const { route, params } = match(request);
    const call = () => ({ request, params, json: route.body ? jsonOf(request) : undefined });
    try {
      if (route.scope === 'none') return await route.handle(parts, call());
      const caller = await identifyCaller(request.headers.authorization, parts.tokens, parts.users.user);
      if (caller.rate) demandRate(caller.rate);
      const allowed = demandScope(caller, route.scope);
      return await route.handle(parts, call(), allowed);
    } catch (error) {
      if (error instanceof StillContendedError || isContention(error)) throw overloaded();
      throw error;
    }
  };
}

const overloaded = (): RequestError =>
  new RequestError(
    'overloaded',
    'Too many requests at once for the same contact. The messages were not stored; try again in a second.',
    [],
    { 'retry-after': RETRY_AFTER_SECONDS },
  );

function jsonOf({ body, headers }: HttpRequest): unknown {
  if (body.length > MAX_BODY_BYTES) {
    throw new RequestError(
      'request_too_large',
      `The body has ${body.length} bytes; at most ${MAX_BODY_BYTES} are taken. Send the messages in several requests.`,
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
