import type { Caller } from '../../../shared/auth/caller.ts';
import { isAtLeast, type Scope } from '../../../shared/auth/scopes.ts';
import { ACCESS_TOKEN_SECONDS } from '../../../shared/auth/tokens.ts';
import type { KeepToken } from '../../../shared/contracts/user-request.ts';
import { invalid, RequestError } from '../../../shared/domain/errors.ts';
import {
  deleteUserToken,
  endUserTokens,
  type KeptToken,
  listUserTokens,
  putUserToken,
} from '../../../shared/store/user-tokens.ts';
import { membershipOf } from '../auth/issue-token.ts';
import type { AdminParts } from '../parts.ts';
import { demandOwnUser } from './find-user.ts';

const TOKENS_LIMIT = 50;

/** A token that its user keeps, and its words, which nobody sees again. */
export interface Made {
  readonly kept: KeptToken;
  readonly token: string;
}

/**
 * Makes a token that holds until it is ended, or until `expiresAt`; one of scope admin for a day at most, because it
 * could make others. Throws 400, 403, 404.
 */
export async function keepToken(
  parts: Pick<AdminParts, 'table' | 'clock' | 'ids' | 'tokens'>,
  caller: Caller,
  id: string,
  wanted: KeepToken,
): Promise<Made> {
  const user = await demandOwnUser(parts, caller, id);
  const membership = membershipOf(user);
  if (!membership) throw new Error('A user belongs to one organization at least.');
  const now = parts.clock.now();
  const scope = scopeOf(wanted, membership.role);
  const expiresAt = endOf(wanted, scope, now);
  if ((await listUserTokens(parts.table, id)).length >= TOKENS_LIMIT) {
    throw invalid('name', `would be that of token ${TOKENS_LIMIT + 1}; end one of the others first`);
  }
  const { organization } = membership;
  const kept: KeptToken = {
    id: parts.ids.next(now),
    user: id,
    name: wanted.name,
    organization,
    scope,
    rate: wanted.rate ?? user.rate,
    createdBy: caller.user,
    createdAt: now,
    expiresAt,
  };
  const bearer = { user: id, organization, scope, rate: kept.rate, keptToken: kept.id };
  const lifetime = expiresAt === undefined ? undefined : Math.floor((expiresAt - now) / 1000);
  const { token } = await parts.tokens.issue('access_token', bearer, lifetime);
  await putUserToken(parts.table, kept);
  return { kept, token };
}

function scopeOf({ scope }: KeepToken, role: Scope): Scope {
  if (scope === undefined) return isAtLeast(role, 'bot') ? 'bot' : role;
  if (isAtLeast(role, scope)) return scope;
  throw invalid('scope', `must not be above the user's role, which is ${role}`);
}

function endOf({ expiresAt }: KeepToken, scope: Scope, now: number): number | undefined {
  const end = expiresAt === undefined ? undefined : momentOf(expiresAt);
  if (end !== undefined && end < now + 1000) throw invalid('expiresAt', 'must be in the future');
  const longest = now + ACCESS_TOKEN_SECONDS * 1000;
  if (scope === 'admin' && (end === undefined || end > longest)) {
    throw invalid('expiresAt', 'must be within 24 hours for a token of scope admin');
  }
  return end;
}

/** A time without an offset is UTC (contract section 1). */
const momentOf = (iso: string): number => Date.parse(/(?:Z|[+-]\d\d:\d\d)$/.test(iso) ? iso : `${iso}Z`);

/** Throws 403, 404. */
export async function listTokens(parts: AdminParts, caller: Caller, id: string): Promise<readonly KeptToken[]> {
  await demandOwnUser(parts, caller, id);
  return listUserTokens(parts.table, id);
}

/** Ends one token: here at once, in every environment within a minute. Throws 403, 404. */
export async function endToken(parts: AdminParts, caller: Caller, id: string, token: string): Promise<void> {
  await demandOwnUser(parts, caller, id);
  if (!(await deleteUserToken(parts.table, id, token))) throw new RequestError('not_found', 'Token not found');
  parts.users.forget(id);
}

/** Ends all tokens of a user, those of logins and refreshes too, within a minute. Throws 403, 404. */
export async function endTokens(parts: AdminParts, caller: Caller, id: string): Promise<void> {
  if (id !== caller.user) await demandOwnUser(parts, caller, id);
  await endUserTokens(parts.table, id, parts.clock.now());
  parts.users.forget(id);
}
