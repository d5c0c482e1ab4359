import { TokenRequestSchema } from '../../../shared/contracts/user-request.ts';
import { jsonResponse, parseRequest } from '../../../shared/http/errors.ts';
import type { ApiRoute, Open } from '../route.ts';
import { issueToken } from './issue-token.ts';

const postToken: Open['handle'] = async (parts, { json }) =>
  jsonResponse(201, await issueToken(parts, parseRequest(TokenRequestSchema, json)));

/** Logging in (contract section 1). */
export const AUTH_ROUTES: readonly ApiRoute[] = [
  { method: 'POST', path: '/v2/auth/token', scope: 'none', body: true, handle: postToken },
];
