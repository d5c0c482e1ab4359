import { type Caller, reaches } from '../../../shared/auth/caller.ts';
import type { MembershipDraft } from '../../../shared/contracts/user-request.ts';
import { invalid } from '../../../shared/domain/errors.ts';
import type { StoredUser } from '../../../shared/store/user-item.ts';
import { readOrganization } from '../organizations/organizations.ts';
import type { AdminParts } from '../parts.ts';
import { pathOf } from './find-user.ts';

type Memberships = StoredUser['organizations'];

/** Memberships as they are stored. Throws 404 for an organization out of reach: a role is given only where one is. */
export const giveMemberships = (
  parts: Pick<AdminParts, 'table'>,
  caller: Caller,
  drafts: readonly MembershipDraft[],
): Promise<Memberships> =>
  Promise.all(
    drafts.map(async ({ organization, role, selected }) => ({
      organization,
      orgPath: (await readOrganization(parts, caller, organization)).path,
      role,
      ...(selected && { selected }),
    })),
  );

/** Memberships with all that are in reach replaced. Throws 400 when none would be left, 404 as above. */
export async function replaceMemberships(
  parts: Pick<AdminParts, 'table'>,
  caller: Caller,
  { organizations }: StoredUser,
  drafts: readonly MembershipDraft[],
): Promise<Memberships> {
  const given = await giveMemberships(parts, caller, drafts);
  const isSelected = given.some(({ selected }) => selected);
  const others = organizations
    .filter((membership) => !reaches(caller, pathOf(membership)))
    .map(({ selected, ...membership }) => ({ ...membership, ...(selected && !isSelected && { selected }) }));
  if (others.length + given.length > 0) return [...others, ...given];
  throw invalid('organizations', 'must not be empty: a user belongs to one organization at least');
}
