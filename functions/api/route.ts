import type { IdentifiedCaller } from '../../shared/auth/caller.ts';
import type { Scope } from '../../shared/auth/scopes.ts';
import { ObjectIdSchema } from '../../shared/contracts/conversation-request.ts';
import { RequestError } from '../../shared/domain/errors.ts';
import type { HttpRequest, HttpResponse } from '../../shared/http/handler.ts';
import type { Route } from '../../shared/http/router.ts';
import type { ApiParts } from './parts.ts';

/** A request that was routed: its path variables and, for routes with a body, the parsed JSON. */
export interface Call {
  readonly request: HttpRequest;
  readonly params: Readonly<Record<string, string>>;
  readonly json: unknown;
}

export type Open = { readonly scope: 'none'; handle(parts: ApiParts, call: Call): Promise<HttpResponse> };
export type Guarded = {
  readonly scope: Scope;
  handle(parts: ApiParts, call: Call, caller: IdentifiedCaller): Promise<HttpResponse>;
};
export type ApiRoute = Omit<Route<unknown>, 'handle'> & { readonly body?: true } & (Open | Guarded);

/** The id in the path. Throws 404 for what cannot be one. */
export const idIn = (params: Call['params'], resource: string): string => {
  const id = ObjectIdSchema.safeParse(params.id);
  if (id.success) return id.data.toLowerCase();
  throw new RequestError('not_found', `${resource} not found`);
};
