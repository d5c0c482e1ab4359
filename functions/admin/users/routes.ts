import { demandScope, type IdentifiedCaller, reaches } from '../../../shared/auth/caller.ts';
import type { Scope } from '../../../shared/auth/scopes.ts';
import { type Filter, parseListQuery, parseShown } from '../../../shared/contracts/list-query.ts';
import {
  CreateUserSchema,
  KeepTokenSchema,
  OtpCodeSchema,
  PatchUserSchema,
} from '../../../shared/contracts/user-request.ts';
import type { UserView } from '../../../shared/contracts/views/users.ts';
import { jsonResponse, parseRequest } from '../../../shared/http/errors.ts';
import { idIn } from '../../../shared/http/route.ts';
import { idsWanted, idWanted } from '../../../shared/lists/ids-wanted.ts';
import { listInMemory } from '../../../shared/lists/list-in-memory.ts';
import { showOne } from '../../../shared/lists/show.ts';
import type { StoredUser } from '../../../shared/store/user-item.ts';
import { userView } from '../../../shared/views/user-view.ts';
import type { AdminParts } from '../parts.ts';
import type { AdminRoute, Handle } from '../route.ts';
import { demandUser } from './find-user.ts';
import { keptTokenView } from './kept-token-view.ts';
import { endToken, endTokens, keepToken, listTokens } from './kept-tokens.ts';
import { confirmOtp, endOtp, startOtp } from './otp.ts';
import { USER_FIELDS } from './user-fields.ts';
import { changeUser, createUser, deleteUser, listUsers } from './users.ts';

/** What everybody may do for themself, and with a scope for others. */
const selfOr =
  (scope: Scope, handle: Handle): Handle =>
  (parts, call, caller) =>
    handle(parts, call, idIn(call.params, 'User') === caller.user ? caller : demandScope(caller, scope));

/** Users see all memberships of their own, and of others those in reach. */
const viewFor =
  ({ publicUrl }: AdminParts, caller: IdentifiedCaller) =>
  (user: StoredUser): UserView =>
    userView(user, { sees: (orgPath) => user.id === caller.user || reaches(caller, orgPath), publicUrl });

const PLACE = 'organizations.organization';

/** Other resources call `organization` what users have several of. */
const inOwnWords = (filter: Filter): Filter => (filter.field === 'organization' ? { ...filter, field: PLACE } : filter);

const list: Handle = async (parts, { request }, caller) => {
  const asked = parseListQuery(request.rawQuery);
  const query = { ...asked, filters: asked.filters.map(inOwnWords) };
  const organization = idWanted(query.filters, PLACE) ?? caller.organization;
  const found = await listUsers(parts, caller, { ids: idsWanted(query.filters), organization });
  const views = found.map(viewFor(parts, caller));
  return listInMemory(parts.publicUrl, request, { query, fields: USER_FIELDS, views, caller });
};

const create: Handle = async (parts, { json }, caller) => {
  const { organizations, ...draft } = parseRequest(CreateUserSchema, json);
  const own = [{ organization: caller.organization, role: 'agent' as const, selected: undefined }];
  return jsonResponse(201, viewFor(parts, caller)(await createUser(parts, caller, organizations ?? own, draft)));
};

const read: Handle = selfOr('bot', async (parts, { request, params }, caller) => {
  const user = await demandUser(parts, caller, idIn(params, 'User'));
  const showing = { shown: parseShown(request.rawQuery), references: {}, caller };
  return jsonResponse(200, await showOne(viewFor(parts, caller)(user), showing));
});

const change: Handle = async (parts, { json, params }, caller) => {
  const changes = parseRequest(PatchUserSchema, json);
  return jsonResponse(200, viewFor(parts, caller)(await changeUser(parts, caller, idIn(params, 'User'), changes)));
};

const remove: Handle = async (parts, { params }, caller) => {
  await deleteUser(parts, caller, idIn(params, 'User'));
  return { statusCode: 204 };
};

const makeToken: Handle = async (parts, { json, params }, caller) => {
  const wanted = parseRequest(KeepTokenSchema, json);
  const { kept, token } = await keepToken(parts, caller, idIn(params, 'User'), wanted);
  return jsonResponse(201, { ...keptTokenView(kept), token });
};

const readTokens: Handle = async (parts, { params }, caller) =>
  jsonResponse(200, (await listTokens(parts, caller, idIn(params, 'User'))).map(keptTokenView));

const removeToken: Handle = async (parts, { params }, caller) => {
  await endToken(parts, caller, idIn(params, 'User'), idIn({ id: params.token ?? '' }, 'Token'));
  return { statusCode: 204 };
};

const removeTokens = selfOr('admin', async (parts, { params }, caller) => {
  await endTokens(parts, caller, idIn(params, 'User'));
  return { statusCode: 204 };
});

const makeOtp: Handle = async (parts, { params }, caller) =>
  jsonResponse(201, await startOtp(parts, caller, idIn(params, 'User')));

const proveOtp: Handle = async (parts, { json, params }, caller) => {
  await confirmOtp(parts, caller, idIn(params, 'User'), parseRequest(OtpCodeSchema, json).code);
  return { statusCode: 204 };
};

const removeOtp = selfOr('admin', async (parts, { request, params }, caller) => {
  await endOtp(parts, caller, idIn(params, 'User'), request.query.code);
  return { statusCode: 204 };
});

/** Users (contract section 1), their tokens and their one-time passwords. */
export const USER_ROUTES: readonly AdminRoute[] = [
  { method: 'GET', path: '/v2/users', scope: 'bot', handle: list },
  { method: 'POST', path: '/v2/users', scope: 'admin', body: true, handle: create },
  { method: 'GET', path: '/v2/users/:id', scope: 'guest', handle: read },
  { method: 'PATCH', path: '/v2/users/:id', scope: 'admin', body: true, handle: change },
  { method: 'DELETE', path: '/v2/users/:id', scope: 'admin', handle: remove },
  { method: 'GET', path: '/v2/users/:id/tokens', scope: 'admin', handle: readTokens },
  { method: 'POST', path: '/v2/users/:id/tokens', scope: 'admin', body: true, handle: makeToken },
  { method: 'DELETE', path: '/v2/users/:id/tokens', scope: 'guest', handle: removeTokens },
  { method: 'DELETE', path: '/v2/users/:id/tokens/:token', scope: 'admin', handle: removeToken },
  { method: 'POST', path: '/v2/users/:id/otp', scope: 'guest', handle: makeOtp },
  { method: 'POST', path: '/v2/users/:id/otp/confirm', scope: 'guest', body: true, handle: proveOtp },
  { method: 'DELETE', path: '/v2/users/:id/otp', scope: 'guest', handle: removeOtp },
];
