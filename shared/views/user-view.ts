import type { UserView } from '../contracts/views/users.ts';
import type { StoredUser } from '../store/user-item.ts';

const iso = (moment: number | undefined): string | undefined =>
  moment === undefined ? undefined : new Date(moment).toISOString();

/** What a user is called. */
export const userName = (user: StoredUser | undefined): string | undefined =>
  user?.name ?? ([user?.givenName, user?.familyName].filter((part) => part !== undefined).join(' ') || undefined);

/** A user as the API shows them, with the memberships that whoever looks may see. */
export const userView = (user: StoredUser, sees: (orgPath: string) => boolean): UserView => ({
  id: user.id,
  name: userName(user),
  givenName: user.givenName,
  familyName: user.familyName,
  email: user.email,
  avatar: user.avatar,
  status: user.status,
  rate: user.rate,
  organizations: user.organizations
    .map(({ organization, orgPath = organization, role, selected = false }) => ({
      organization,
      orgPath,
      role,
      selected,
    }))
    .filter(({ orgPath }) => sees(orgPath)),
  meta: user.meta,
  createdAt: iso(user.createdAt),
  updatedAt: iso(user.updatedAt),
});
