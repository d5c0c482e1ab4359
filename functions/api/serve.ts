import { refusalOf } from '../../shared/acceptance/refusal.ts';
import { demandScope, identifyCaller } from '../../shared/auth/caller.ts';
import { createRateLimit } from '../../shared/auth/rate-limit.ts';
import { MAX_BODY_BYTES } from '../../shared/contracts/conversation-request.ts';
import type { HttpRequest, HttpResponse } from '../../shared/http/handler.ts';
import { jsonOf } from '../../shared/http/json-body.ts';
import { createRouter } from '../../shared/http/router.ts';
import { PAGE_ROUTES } from './docs/routes.ts';
import type { ApiParts } from './parts.ts';
import { ROUTES } from './routes.ts';
import { refuseUnsupported } from './unsupported.ts';

const LIMIT = { bytes: MAX_BODY_BYTES, advice: 'Send the messages in several requests.' };

/** Serves the API: route, caller, body, use case. Throws RequestError for everything that is the caller's to mend. */
export function createApi(parts: ApiParts): (request: HttpRequest) => Promise<HttpResponse> {
  const match = createRouter([...ROUTES, ...PAGE_ROUTES]);
  const demandRate = createRateLimit(parts.clock);
  return async (request) => {
    refuseUnsupported(request);
    const { route, params } = match(request);
    const call = () => ({ request, params, json: route.body ? jsonOf(request, LIMIT) : undefined });
    try {
      if (route.scope === 'none') return await route.handle(parts, call());
      const caller = await identifyCaller(request.headers.authorization, parts.tokens, parts.users.user);
      if (caller.rate) demandRate(caller.rate);
      const allowed = demandScope(caller, route.scope);
      return await route.handle(parts, call(), allowed);
    } catch (error) {
      throw refusalOf(error) ?? error;
    }
  };
}
