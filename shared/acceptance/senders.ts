import { type Caller, isGuestAt, reaches } from '../auth/caller.ts';
import type { MessageDraft } from '../domain/acceptance.ts';
import { invalid } from '../domain/errors.ts';
import type { StoredUser } from '../store/user-item.ts';
import type { UserReader } from '../store/users.ts';

/**
 * Checks the users that messages name as their senders: each must belong to the conversation's organization or to one
 * above it. Guests speak for themselves. Throws 400. No round trip when every message is the caller's own.
 */
export async function checkSenders(
  drafts: readonly MessageDraft[],
  orgPath: string,
  caller: Caller,
  users: UserReader,
): Promise<void> {
  const others = [...new Set(drafts.flatMap(({ user }) => (user && user !== caller.user ? [user] : [])))];
  if (others.length === 0) return;
  if (isGuestAt(caller, orgPath))
    throw invalid(`messages.${drafts.findIndex(({ user }) => user === others[0])}.user`, 'must be your own');
  const known = await users.users(others);
  drafts.forEach(({ user }, index) => {
    if (user === undefined || user === caller.user || belongs(known.get(user), orgPath)) return;
    throw invalid(`messages.${index}.user`, 'is not a user of this organization');
  });
}

/** Whether a user is of an organization, or of one above it. */
export const belongs = (user: StoredUser | undefined, orgPath: string): boolean =>
  user !== undefined &&
  reaches({ paths: user.organizations.map(({ organization, orgPath: path }) => path ?? organization) }, orgPath);
