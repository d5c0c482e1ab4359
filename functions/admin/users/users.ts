import { type Caller, reaches } from '../../../shared/auth/caller.ts';
import { hashPassword } from '../../../shared/auth/passwords.ts';
import type { MembershipDraft, PatchUser, UserDraft } from '../../../shared/contracts/user-request.ts';
import { parseEmailAddress } from '../../../shared/domain/email-address.ts';
import { RequestError } from '../../../shared/domain/errors.ts';
import { untilWritten } from '../../../shared/store/contention.ts';
import type { ItemKey } from '../../../shared/store/keys.ts';
import type { StoredUser } from '../../../shared/store/user-item.ts';
import { validAfter } from '../../../shared/store/user-tokens.ts';
import {
  deleteUser as erase,
  type Hindrance,
  createUser as store,
  updateUser,
} from '../../../shared/store/user-writes.ts';
import { listMembers, loginKeyOf, readUser, readUsers } from '../../../shared/store/users.ts';
import { laterThan } from '../../../shared/store/versions.ts';
import { readOrganization } from '../organizations/organizations.ts';
import type { AdminParts } from '../parts.ts';
import { cleared, replacing } from '../replacing.ts';
import { demandOwnUser, demandUser, pathOf } from './find-user.ts';
import { giveMemberships, replaceMemberships } from './memberships.ts';

/** The users who are named by their ids, as far as they are in reach; else those of an organization. Throws 404. */
export async function listUsers(
  parts: AdminParts,
  caller: Caller,
  { ids, organization }: { ids: readonly string[] | undefined; organization: string },
): Promise<StoredUser[]> {
  if (!ids) {
    await readOrganization(parts, caller, organization);
    return listMembers(parts.table, organization);
  }
  const found = await readUsers(parts.table, ids);
  return found.filter((user) => user.organizations.some((membership) => reaches(caller, pathOf(membership))));
}

/** Makes a user of organizations in reach. Throws 404, 409 for an address that somebody else logs in with. */
export async function createUser(
  parts: Pick<AdminParts, 'table' | 'clock' | 'ids' | 'pepper'>,
  caller: Caller,
  memberships: readonly MembershipDraft[],
  { password, ...draft }: UserDraft,
): Promise<StoredUser> {
  const organizations = await giveMemberships(parts, caller, memberships);
  const now = parts.clock.now();
  const id = parts.ids.next(now);
  const given = cleared(draft);
  const user: StoredUser = {
    ...given,
    id,
    organizations,
    ...(password !== undefined && { passwordHash: await hashPassword(password) }),
    createdAt: now,
    updatedAt: now,
  };
  demandWritten(await store(parts.table, user, await loginOf(parts, given.email)));
  return user;
}

/** The pointer from the address that a user logs in with. */
async function loginOf(
  { pepper }: Pick<AdminParts, 'pepper'>,
  email: string | null | undefined,
): Promise<ItemKey | undefined> {
  const parsed = parseEmailAddress(email ?? '');
  return parsed.ok ? loginKeyOf(await pepper(), parsed.matchKey) : undefined;
}

/** False when somebody changed them meanwhile. Throws 404, 409. */
function demandWritten(hindrance: Hindrance | undefined): boolean {
  if (hindrance === 'login taken') {
    throw new RequestError('user_exists', 'There is a user with this email address already.', [
      { path: 'email', message: 'is that of another user' },
    ]);
  }
  if (hindrance === 'organization gone') throw new RequestError('not_found', 'Organization not found');
  return hindrance === undefined;
}

/**
 * Changes what is named. Only memberships in reach change where a user has others too. A new password ends the tokens of
 * logins. Throws 400, 403 for what is not theirs alone, 404, 409.
 */
export async function changeUser(
  parts: AdminParts,
  caller: Caller,
  id: string,
  changes: PatchUser,
): Promise<StoredUser> {
  const { organizations: drafts, password, ...named } = changes;
  const isOwn = password !== undefined || Object.values(named).some((value) => value !== undefined);
  const passwordHash = password === undefined ? undefined : await hashPassword(password);
  return untilChanged(parts, id, async () => {
    const seen = await (isOwn ? demandOwnUser : demandUser)(parts, caller, id);
    const organizations = drafts && (await replaceMemberships(parts, caller, seen, drafts));
    const now = parts.clock.now();
    const { set, remove } = replacing(named);
    const secret = passwordHash === undefined ? {} : { passwordHash, tokensValidFrom: validAfter(now) };
    const written = await updateUser(parts.table, seen, {
      changes: { set: { ...set, ...secret, updatedAt: laterThan(seen, now) }, remove },
      organizations,
      logins: await movedLogin(parts, seen, named.email),
    });
    return demandWritten(written) ? readUser(parts.table, id) : undefined;
  });
}

async function movedLogin(parts: AdminParts, seen: StoredUser, email: string | null | undefined) {
  if (email === undefined) return undefined;
  const [before, after] = [await loginOf(parts, seen.email), await loginOf(parts, email)];
  return before?.pk === after?.pk ? undefined : { before, after };
}

/** Deletes a user with all that is theirs. Conversations keep their id. Throws 403, 404. */
export async function deleteUser(parts: AdminParts, caller: Caller, id: string): Promise<void> {
  await untilChanged(parts, id, async () => {
    const seen = await demandOwnUser(parts, caller, id);
    return demandWritten(await erase(parts.table, seen, await loginOf(parts, seen.email))) || undefined;
  });
}

async function untilChanged<T>(parts: AdminParts, id: string, work: () => Promise<T | undefined>): Promise<T> {
  const { clock, random, observe, users } = parts;
  const done = await untilWritten(work, clock, random, () => observe.count('WriteContended'));
  users.forget(id);
  return done;
}
