import type { ParticipantRole } from './conversation.ts';

interface Member {
  readonly organizations: readonly { organization: string; orgPath?: string; role: ParticipantRole }[];
}

/** A user's role in an organization: of the nearest membership at or above it; `agent` for somebody unknown. */
export function roleIn(user: Member | undefined, orgPath: string): ParticipantRole {
  const covering = (user?.organizations ?? [])
    .map(({ organization, orgPath: path, role }) => ({ path: path ?? organization, role }))
    .filter(({ path }) => orgPath === path || orgPath.startsWith(`${path}#`))
    .sort((a, b) => b.path.length - a.path.length);
  return covering[0]?.role ?? 'agent';
}
