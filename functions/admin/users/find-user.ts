import { type Caller, reaches } from '../../../shared/auth/caller.ts';
import { RequestError } from '../../../shared/domain/errors.ts';
import type { StoredUser } from '../../../shared/store/user-item.ts';
import { readUser } from '../../../shared/store/users.ts';
import type { AdminParts } from '../parts.ts';

export const pathOf = ({ organization, orgPath }: StoredUser['organizations'][number]): string =>
  orgPath ?? organization;

/** A user as they are now. Throws 404, for one who belongs to no organization in reach too. */
export async function demandUser(
  { table }: Pick<AdminParts, 'table'>,
  caller: Caller,
  id: string,
): Promise<StoredUser> {
  const user = await readUser(table, id);
  if (user?.organizations.some((membership) => reaches(caller, pathOf(membership)))) return user;
  throw new RequestError('not_found', 'User not found');
}

/**
 * A user whom the caller may change as a whole, because nobody else has a say in them. Throws 404 as above, 403 for one
 * who belongs to organizations out of reach too.
 */
export async function demandOwnUser(parts: Pick<AdminParts, 'table'>, caller: Caller, id: string): Promise<StoredUser> {
  const user = await demandUser(parts, caller, id);
  if (user.organizations.every((membership) => reaches(caller, pathOf(membership)))) return user;
  throw new RequestError('forbidden', 'The user belongs to organizations too that your token does not reach.');
}
