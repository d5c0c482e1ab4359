import type { IdentifiedCaller } from '../auth/caller.ts';
import type { Scope } from '../auth/scopes.ts';
import { ObjectIdSchema } from '../contracts/conversation-request.ts';
import { RequestError } from '../domain/errors.ts';
import type { HttpRequest, HttpResponse } from './handler.ts';
import type { Route } from './router.ts';

/** A request that was routed: its path variables and, for routes with a body, the parsed JSON. */
export interface Call {
  readonly request: HttpRequest;
  readonly params: Readonly<Record<string, string>>;
  readonly json: unknown;
}

export type OpenHandle<Parts> = (parts: Parts, call: Call) => Promise<HttpResponse>;
export type GuardedHandle<Parts> = (parts: Parts, call: Call, caller: IdentifiedCaller) => Promise<HttpResponse>;

/** A row of a function's route table, with the scope that a token needs for it. */
export type ServedRoute<Parts> = Omit<Route<unknown>, 'handle'> & { readonly body?: true } & (
    | { readonly scope: 'none'; readonly handle: OpenHandle<Parts> }
    | { readonly scope: Scope; readonly handle: GuardedHandle<Parts> }
  );

/** The id in the path. Throws 404 for what cannot be one. */
export const idIn = (params: Call['params'], resource: string): string => {
  const id = ObjectIdSchema.safeParse(params.id);
  if (id.success) return id.data.toLowerCase();
  throw new RequestError('not_found', `${resource} not found`);
};
