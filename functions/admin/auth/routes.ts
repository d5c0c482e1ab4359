import { TokenRequestSchema } from '../../../shared/contracts/user-request.ts';
import { jsonResponse, parseRequest } from '../../../shared/http/errors.ts';
import type { OpenHandle } from '../../../shared/http/route.ts';
import type { AdminParts } from '../parts.ts';
import type { AdminRoute } from '../route.ts';
import { issueToken } from './issue-token.ts';

const postToken: OpenHandle<AdminParts> = async (parts, { json }) =>
  jsonResponse(201, await issueToken(parts, parseRequest(TokenRequestSchema, json)));

/** Logging in (contract section 1). */
export const AUTH_ROUTES: readonly AdminRoute[] = [
  { method: 'POST', path: '/v2/auth/token', scope: 'none', body: true, handle: postToken },
];
