import type { ParticipantRole } from './conversation.ts';

interface Member {
  readonly organizations: readonly { organization: string; orgPath?: string; role: ParticipantRole }[];
}

interface Membership {
  readonly organization: string;
  readonly role: ParticipantRole;
}

/** How a user belongs to an organization: by the nearest membership at or above it; undefined for one who does not. */
export function membershipIn(user: Member | undefined, orgPath: string): Membership | undefined {
  const covering = (user?.organizations ?? [])
    .map((membership) => ({ ...membership, path: membership.orgPath ?? membership.organization }))
    .filter(({ path }) => orgPath === path || orgPath.startsWith(`${path}#`))
    .sort((a, b) => b.path.length - a.path.length);
  return covering[0];
}

/** A user's role in an organization; `agent` for somebody unknown. */
export const roleIn = (user: Member | undefined, orgPath: string): ParticipantRole =>
  membershipIn(user, orgPath)?.role ?? 'agent';
