import { isRevoked } from '../../../shared/auth/caller.ts';
import { LIFETIME_SECONDS, TokenError } from '../../../shared/auth/tokens.ts';
import type { RefreshRequest, TokenRequest } from '../../../shared/contracts/user-request.ts';
import type { TokenView } from '../../../shared/contracts/views/auth.ts';
import { parseEmailAddress } from '../../../shared/domain/email-address.ts';
import { RequestError } from '../../../shared/domain/errors.ts';
import type { StoredUser } from '../../../shared/store/user-item.ts';
import { noteLogin, readUser } from '../../../shared/store/users.ts';
import type { AdminParts } from '../parts.ts';
import { logIn } from './log-in.ts';

/** The words must not look like a token's: the reference SDK would try to renew its token for ever. */
const refused = (): RequestError => new RequestError('unauthorized', 'Unauthorized');

/** A token pair for an email and password, or for a refresh token (contract section 1). Throws 401, 429. */
export async function issueToken(parts: AdminParts, request: TokenRequest): Promise<TokenView> {
  const isRefresh = 'refreshToken' in request;
  const user = isRefresh ? await refreshed(parts, request) : await logIn(parts, request);
  if (user?.status !== 'active') throw refused();
  const membership = membershipOf(user);
  if (!membership) throw refused();
  const { id, rate, tokensValidFrom } = user;
  const { organization, role } = membership;
  const bearer = { user: id, organization, scope: role, rate, validFrom: tokensValidFrom };
  const access = await parts.tokens.issue('access_token', bearer, LIFETIME_SECONDS.access_token);
  const refresh = await parts.tokens.issue('refresh_token', bearer, LIFETIME_SECONDS.refresh_token);
  if (!isRefresh) await noteLogin(parts.table, id, parts.clock.now());
  return {
    tokenType: 'Bearer',
    token: access.token,
    refreshToken: refresh.token,
    user: id,
    organization,
    expiresAt: new Date((access.expiresAt ?? 0) * 1000).toISOString(),
    scope: role,
  };
}

/** The membership that a user's tokens speak of. */
export const membershipOf = ({ organizations }: Pick<StoredUser, 'organizations'>) =>
  organizations.find(({ selected }) => selected) ?? organizations[0];

async function refreshed(
  { tokens, table }: AdminParts,
  { clientId, refreshToken }: RefreshRequest,
): Promise<StoredUser | undefined> {
  try {
    const claims = await tokens.verify('refresh_token', refreshToken);
    const user = await readUser(table, claims.user);
    if (!user || isRevoked(claims, user)) return undefined;
    return clientId === undefined || isNameOf(user, clientId) ? user : undefined;
  } catch (error) {
    if (error instanceof TokenError) return undefined;
    throw error;
  }
}

/** Clients call a user by their email; those of bots, which have none, hold their id (contract section 1). */
function isNameOf({ id, email }: StoredUser, clientId: string): boolean {
  const [given, known] = [clientId, email ?? ''].map(parseEmailAddress);
  if (given?.ok && known?.ok && given.matchKey === known.matchKey) return true;
  return clientId === id || /^bot\+([^@]+)@/.exec(clientId)?.[1] === id;
}
