import { RequestError } from '../domain/errors.ts';
import { highestOf, isAtLeast, type Scope, scopesUpTo } from './scopes.ts';
import { type Claims, TokenError, type TokenVerifier } from './tokens.ts';

/** Whoever makes a request: the user a token acts as, and the organizations it reaches. */
export interface Caller {
  readonly user: string;
  readonly organization: string;
  readonly scopes: readonly Scope[];
  /** Organization paths; a resource is reachable when its own path is one of them or lies below one. */
  readonly paths: readonly string[];
  /** Those of them by which the caller is more than a guest. */
  readonly agentPaths: readonly string[];
  /** Absent where the token sets no limit. */
  readonly rate?: TokenRate;
}

/** A caller with what they are where: a role counts in its own organization and those below, and nowhere else. */
export interface IdentifiedCaller extends Caller {
  readonly roles: readonly { readonly path: string; readonly role: Scope }[];
}

/** What a token says of how fast it may be used. */
export interface TokenRate {
  readonly token: string;
  readonly perSecond: number;
}

/** The parts of a user that decide what a token reaches. */
export interface KnownUser {
  readonly status: string;
  readonly organizations: readonly {
    readonly organization: string;
    readonly orgPath?: string | undefined;
    readonly role: Scope;
  }[];
  /** Epoch seconds; tokens of logins that were issued before are over. */
  readonly tokensValidFrom?: number | undefined;
  /** Ids of the tokens that are over when they are not among these. */
  readonly tokens?: ReadonlySet<string> | undefined;
}

/** Finds a user; given a kept token's id, with the tokens that are kept of them. */
export type FindUser = (id: string, keptToken?: string) => Promise<KnownUser | undefined>;

export const reaches = (caller: Pick<Caller, 'paths'>, orgPath: string): boolean =>
  caller.paths.some((path) => orgPath === path || orgPath.startsWith(`${path}#`));

/** Whether a caller who reaches an organization is but a guest there, whatever they are elsewhere. */
export const isGuestAt = ({ agentPaths }: Pick<Caller, 'agentPaths'>, orgPath: string): boolean =>
  !reaches({ paths: agentPaths }, orgPath);

/** Whether a conversation is there for a caller: guests see those they take part in only. */
export const seesConversation = (
  caller: Pick<Caller, 'paths' | 'agentPaths' | 'user'>,
  { orgPath, participants }: { orgPath: string; participants: Readonly<Record<string, unknown>> },
): boolean => reaches(caller, orgPath) && (!isGuestAt(caller, orgPath) || participants[caller.user] !== undefined);

/**
 * Who bears the token of an `Authorization` header. Throws 401 in the words that clients of the reference API renew
 * their token on.
 */
export async function identifyCaller(
  authorization: string | undefined,
  tokens: TokenVerifier,
  findUser: FindUser,
): Promise<IdentifiedCaller> {
  const token = /^Bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1];
  if (!token) {
    throw new RequestError('unauthorized', 'No token: send the header "Authorization: Bearer <token>".');
  }
  const claims = await tokens.verify('access_token', token).catch((error: unknown) => {
    throw error instanceof TokenError ? new RequestError('unauthorized', error.message) : error;
  });
  const user = await findUser(claims.user, claims.isKept ? claims.tokenId : undefined);
  if (user?.status !== 'active' || isRevoked(claims, user)) throw new RequestError('unauthorized', 'invalid token');
  const roles = user.organizations.map(({ organization, orgPath, role }) => ({ path: orgPath ?? organization, role }));
  const highest = highestOf(roles.map(({ role }) => role));
  const scopes = highest ? claims.scopes.filter((scope) => scopesUpTo(highest).includes(scope)) : [];
  return {
    user: claims.user,
    organization: claims.organization,
    scopes,
    paths: roles.map(({ path }) => path),
    agentPaths: scopes.includes('agent') ? pathsOf(roles, 'agent') : [],
    roles,
    ...(claims.rate !== undefined && { rate: { token: claims.tokenId, perSecond: claims.rate } }),
  };
}

const pathsOf = (roles: IdentifiedCaller['roles'], least: Scope): string[] =>
  roles.flatMap(({ path, role }) => (isAtLeast(role, least) ? [path] : []));

/** Whether a token that was good when it was issued is over before its time. */
export const isRevoked = (claims: Claims, { tokens, tokensValidFrom = 0 }: KnownUser): boolean =>
  claims.isKept ? !tokens?.has(claims.tokenId) : claims.issuedAt < tokensValidFrom;

/**
 * The caller as far as the scope that a route asks for goes: only the organizations count where their role has it.
 * Throws 403 when the token does not carry the scope, or the user has it nowhere.
 */
export function demandScope(caller: IdentifiedCaller, scope: Scope): IdentifiedCaller {
  if (caller.scopes.includes(scope)) {
    const paths = pathsOf(caller.roles, scope);
    return { ...caller, paths, agentPaths: caller.agentPaths.filter((path) => paths.includes(path)) };
  }
  throw new RequestError(
    'forbidden',
    `This needs a token with scope ${scope}; yours has ${caller.scopes.join(', ') || 'none'}.`,
  );
}
