import { isPassword } from '../../../shared/auth/passwords.ts';
import { LIFETIME_SECONDS, TokenError } from '../../../shared/auth/tokens.ts';
import type { TokenRequest } from '../../../shared/contracts/conversation-request.ts';
import type { TokenView } from '../../../shared/contracts/views/auth.ts';
import { parseEmailAddress } from '../../../shared/domain/email-address.ts';
import { RequestError } from '../../../shared/domain/errors.ts';
import { findUserByLogin, type StoredUser } from '../../../shared/store/users.ts';
import type { ApiParts } from '../parts.ts';

/** The words must not look like a token's: the reference SDK would try to renew its token for ever. */
const refused = (): RequestError => new RequestError('unauthorized', 'Unauthorized');

/** A token pair for an email and password, or for a refresh token (contract section 1). Throws 401. */
export async function issueToken(parts: ApiParts, request: TokenRequest): Promise<TokenView> {
  const user =
    'refreshToken' in request ? await refreshed(parts, request.refreshToken) : await loggedIn(parts, request);
  if (user?.status !== 'active') throw refused();
  const membership = user.organizations.find(({ selected }) => selected) ?? user.organizations[0];
  if (!membership) throw refused();
  const { id, rate } = user;
  const bearer = { user: id, organization: membership.organization, scope: membership.role, rate };
  const access = await parts.tokens.issue('access_token', bearer, LIFETIME_SECONDS.access_token);
  const refresh = await parts.tokens.issue('refresh_token', bearer, LIFETIME_SECONDS.refresh_token);
  return {
    tokenType: 'Bearer',
    token: access.token,
    refreshToken: refresh.token,
    user: id,
    organization: membership.organization,
    expiresAt: new Date((access.expiresAt ?? 0) * 1000).toISOString(),
    scope: membership.role,
  };
}

async function loggedIn(
  { table, pepper }: ApiParts,
  { email, password }: { email: string; password: string },
): Promise<StoredUser | undefined> {
  const parsed = parseEmailAddress(email);
  const user = parsed.ok ? await findUserByLogin(table, await pepper(), parsed.matchKey) : undefined;
  return (await isPassword(password, user?.passwordHash)) ? user : undefined;
}

async function refreshed({ tokens, users }: ApiParts, refreshToken: string): Promise<StoredUser | undefined> {
  try {
    const claims = await tokens.verify('refresh_token', refreshToken);
    return await users.user(claims.user);
  } catch (error) {
    if (error instanceof TokenError) throw refused();
    throw error;
  }
}
