import { demandScope, type FindUser, identifyCaller } from '../auth/caller.ts';
import { createRateLimit } from '../auth/rate-limit.ts';
import type { TokenVerifier } from '../auth/tokens.ts';
import type { RequestError } from '../domain/errors.ts';
import type { Clock } from '../runtime/clock.ts';
import type { HttpRequest, HttpResponse } from './handler.ts';
import { type BodyLimit, jsonOf } from './json-body.ts';
import type { ServedRoute } from './route.ts';
import { createRouter } from './router.ts';

/** What callers are known by. */
export interface CallerParts {
  readonly clock: Clock;
  readonly tokens: TokenVerifier;
  readonly users: { readonly user: FindUser };
}

export interface Served<Parts> {
  readonly routes: readonly ServedRoute<Parts>[];
  readonly limit: BodyLimit;
  /** What callers are told of what a use case threw; undefined for a fault of our own. */
  refusalOf(error: unknown): RequestError | undefined;
}

/** Serves a route table: route, caller, body, use case. Throws RequestError for everything that is the caller's to mend. */
export function createServer<Parts extends CallerParts>(
  parts: Parts,
  { routes, limit, refusalOf }: Served<Parts>,
): (request: HttpRequest) => Promise<HttpResponse> {
  const match = createRouter(routes);
  const demandRate = createRateLimit(parts.clock);
  return async (request) => {
    const { route, params } = match(request);
    const call = () => ({ request, params, json: route.body ? jsonOf(request, limit) : undefined });
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
