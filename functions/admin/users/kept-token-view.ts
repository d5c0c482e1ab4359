import type { KeptTokenView } from '../../../shared/contracts/views/users.ts';
import type { KeptToken } from '../../../shared/store/user-tokens.ts';

const iso = (moment: number): string => new Date(moment).toISOString();

/** A token as the API lists it: never its words. */
export const keptTokenView = ({ createdAt, expiresAt, ...token }: KeptToken): KeptTokenView => ({
  id: token.id,
  user: token.user,
  name: token.name,
  organization: token.organization,
  scope: token.scope,
  rate: token.rate,
  createdBy: token.createdBy,
  createdAt: iso(createdAt),
  expiresAt: expiresAt === undefined ? undefined : iso(expiresAt),
});
