import { RequestError } from '../domain/errors.ts';
import type { Scope } from './scopes.ts';
import { TokenError, type TokenService } from './tokens.ts';

/** Whoever makes a request: the user a token acts as, and the organizations it reaches. */
export interface Caller {
  readonly user: string;
  readonly organization: string;
  readonly scopes: readonly Scope[];
  /** Organization paths; a resource is reachable when its own path is one of them or lies below one. */
  readonly paths: readonly string[];
  /** Absent where the token sets no limit. */
  readonly rate?: TokenRate;
}

/** What a token says of how fast it may be used. */
export interface TokenRate {
  readonly token: string;
  readonly perSecond: number;
}

/** The parts of a user that decide what a token reaches. */
export interface KnownUser {
  readonly status: string;
  readonly organizations: readonly { readonly organization: string; readonly orgPath?: string }[];
}

export const reaches = (caller: Pick<Caller, 'paths'>, orgPath: string): boolean =>
  caller.paths.some((path) => orgPath === path || orgPath.startsWith(`${path}#`));

export const isGuest = ({ scopes }: Pick<Caller, 'scopes'>): boolean => !scopes.includes('agent');

/** Whether a conversation is there for a caller: guests see those they take part in only. */
export const seesConversation = (
  caller: Pick<Caller, 'paths' | 'scopes' | 'user'>,
  { orgPath, participants }: { orgPath: string; participants: Readonly<Record<string, unknown>> },
): boolean => reaches(caller, orgPath) && (!isGuest(caller) || participants[caller.user] !== undefined);

/**
 * Who bears the token of an `Authorization` header. Throws 401 in the words that clients of the reference API renew
 * their token on.
 */
export async function identifyCaller(
  authorization: string | undefined,
  tokens: TokenService,
  findUser: (id: string) => Promise<KnownUser | undefined>,
): Promise<Caller> {
  const token = /^Bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1];
  if (!token) {
    throw new RequestError('unauthorized', 'No token: send the header "Authorization: Bearer <token>".');
  }
  const claims = await tokens.verify('access_token', token).catch((error: unknown) => {
    throw error instanceof TokenError ? new RequestError('unauthorized', error.message) : error;
  });
  const user = await findUser(claims.user);
  if (user?.status !== 'active') throw new RequestError('unauthorized', 'invalid token');
  return {
    user: claims.user,
    organization: claims.organization,
    scopes: claims.scopes,
    paths: user.organizations.map((membership) => membership.orgPath ?? membership.organization),
    ...(claims.rate !== undefined && { rate: { token: claims.tokenId, perSecond: claims.rate } }),
  };
}

/** Throws 403 when the caller's token does not carry the scope that a route asks for. */
export function demandScope(caller: Caller, scope: Scope): void {
  if (caller.scopes.includes(scope)) return;
  throw new RequestError(
    'forbidden',
    `This needs a token with scope ${scope}; yours has ${caller.scopes.join(', ') || 'none'}.`,
  );
}
