import { demandScope } from '../../../shared/auth/caller.ts';
import { KeepTokenSchema, OtpCodeSchema } from '../../../shared/contracts/user-request.ts';
import { jsonResponse, parseRequest } from '../../../shared/http/errors.ts';
import { type ApiRoute, type Guarded, idIn } from '../route.ts';
import { keptTokenView } from './kept-token-view.ts';
import { endToken, endTokens, keepToken, listTokens } from './kept-tokens.ts';
import { confirmOtp, endOtp, startOtp } from './otp.ts';

const makeToken: Guarded['handle'] = async (parts, { json, params }, caller) => {
  const wanted = parseRequest(KeepTokenSchema, json);
  const { kept, token } = await keepToken(parts, caller, idIn(params, 'User'), wanted);
  return jsonResponse(201, { ...keptTokenView(kept), token });
};

const readTokens: Guarded['handle'] = async (parts, { params }, caller) =>
  jsonResponse(200, (await listTokens(parts, caller, idIn(params, 'User'))).map(keptTokenView));

const removeToken: Guarded['handle'] = async (parts, { params }, caller) => {
  await endToken(parts, caller, idIn(params, 'User'), idIn({ id: params.token ?? '' }, 'Token'));
  return { statusCode: 204 };
};

/** What everybody may do for themself, and an admin for others. */
const selfOrAdmin: (handle: Guarded['handle']) => Guarded['handle'] = (handle) => (parts, call, caller) =>
  handle(parts, call, idIn(call.params, 'User') === caller.user ? caller : demandScope(caller, 'admin'));

const removeTokens = selfOrAdmin(async (parts, { params }, caller) => {
  await endTokens(parts, caller, idIn(params, 'User'));
  return { statusCode: 204 };
});

const makeOtp: Guarded['handle'] = async (parts, { params }, caller) =>
  jsonResponse(201, await startOtp(parts, caller, idIn(params, 'User')));

const proveOtp: Guarded['handle'] = async (parts, { json, params }, caller) => {
  await confirmOtp(parts, caller, idIn(params, 'User'), parseRequest(OtpCodeSchema, json).code);
  return { statusCode: 204 };
};

const removeOtp = selfOrAdmin(async (parts, { request, params }, caller) => {
  await endOtp(parts, caller, idIn(params, 'User'), request.query.code);
  return { statusCode: 204 };
});

/** Users (contract section 1), their tokens and their one-time passwords. */
export const USER_ROUTES: readonly ApiRoute[] = [
  { method: 'GET', path: '/v2/users/:id/tokens', scope: 'admin', handle: readTokens },
  { method: 'POST', path: '/v2/users/:id/tokens', scope: 'admin', body: true, handle: makeToken },
  { method: 'DELETE', path: '/v2/users/:id/tokens', scope: 'guest', handle: removeTokens },
  { method: 'DELETE', path: '/v2/users/:id/tokens/:token', scope: 'admin', handle: removeToken },
  { method: 'POST', path: '/v2/users/:id/otp', scope: 'guest', handle: makeOtp },
  { method: 'POST', path: '/v2/users/:id/otp/confirm', scope: 'guest', body: true, handle: proveOtp },
  { method: 'DELETE', path: '/v2/users/:id/otp', scope: 'guest', handle: removeOtp },
];
