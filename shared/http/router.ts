import { RequestError } from '../domain/errors.ts';
import type { HttpRequest } from './handler.ts';

/** One row of a function's route table. `path` is a pattern of the URL standard (`/v2/messages/:id`). */
export interface Route<Handle> {
  readonly method: string;
  readonly path: string;
  readonly handle: Handle;
}

export interface Match<R> {
  readonly route: R;
  readonly params: Readonly<Record<string, string>>;
}

const decode = (groups: Record<string, string | undefined>): Record<string, string> => {
  try {
    return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value ?? '')]));
  } catch {
    throw new RequestError('invalid_request', 'The path is not valid percent-encoding.');
  }
};

/** Finds the route of a request. Throws 404 for an unknown path, 405 with `Allow` for a path known by other methods. */
export function createRouter<R extends Route<unknown>>(routes: readonly R[]): (request: HttpRequest) => Match<R> {
  const patterns = routes.map((route) => ({ route, pattern: new URLPattern({ pathname: route.path }) }));
  return ({ method, path }) => {
    const matching = patterns.flatMap(({ route, pattern }) => {
      const found = pattern.exec({ pathname: path });
      return found ? [{ route, groups: found.pathname.groups }] : [];
    });
    const hit = matching.find(({ route }) => route.method === method);
    if (hit) return { route: hit.route, params: decode(hit.groups) };
    if (matching.length === 0) throw new RequestError('not_found', `There is nothing at ${path}.`);
    const allowed = [...new Set(matching.map(({ route }) => route.method))].join(', ');
    throw new RequestError('method_not_allowed', `${method} is not supported here; use ${allowed}.`, [], {
      allow: allowed,
    });
  };
}
