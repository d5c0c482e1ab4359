import type { UserView } from '../contracts/views/users.ts';
import type { StoredUser } from '../store/user-item.ts';

const iso = (moment: number | undefined): string | undefined =>
  moment === undefined ? undefined : new Date(moment).toISOString();

/** What a user is called. */
export const userName = (user: StoredUser | undefined): string | undefined =>
  user?.name ?? ([user?.givenName, user?.familyName].filter((part) => part !== undefined).join(' ') || undefined);

/** Who looks at a user, and from where. */
export interface Beholder {
  /** Whether a membership is theirs to see. */
  sees(orgPath: string): boolean;
  /** The API's own address. */
  readonly publicUrl: string;
}

/** A bot has an address in any case, because clients read its id out of it (contract section 1). */
const emailOf = ({ id, email, organizations }: StoredUser, publicUrl: string): string | undefined =>
  email ?? (organizations.some(({ role }) => role === 'bot') ? `bot+${id}@${new URL(publicUrl).hostname}` : undefined);

/** A user as the API shows them, with the memberships that whoever looks may see. */
export const userView = (user: StoredUser, { sees, publicUrl }: Beholder): UserView => ({
  id: user.id,
  name: userName(user),
  givenName: user.givenName,
  familyName: user.familyName,
  email: emailOf(user, publicUrl),
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
