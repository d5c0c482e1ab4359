import { reachableOrganization } from '../../../shared/acceptance/reachable-organization.ts';
import type { Caller } from '../../../shared/auth/caller.ts';
import type { Filter } from '../../../shared/contracts/list-query.ts';
import { CONVERSATION_STATUSES } from '../../../shared/domain/conversation.ts';
import { invalid } from '../../../shared/domain/errors.ts';
import { organizationWanted } from '../../../shared/lists/listed-organization.ts';
import { valuesWanted, valueWanted } from '../../../shared/lists/values-wanted.ts';
import { pageInbox } from '../../../shared/store/inboxes.ts';
import { inboxSection } from '../../../shared/store/keys.ts';
import { pageOrganization } from '../../../shared/store/organization-index.ts';
import type { PlacesRead } from '../../../shared/store/place-pages.ts';
import type { ApiParts } from '../parts.ts';

type Places = (read: PlacesRead) => AsyncGenerator<string[]>;

/**
 * What conversations are read by, as they are asked for: the list of a user, of a channel, or else an organization's
 * index. Throws 400, and 404 for an organization that is out of reach.
 */
export async function chooseInbox(parts: ApiParts, caller: Caller, filters: readonly Filter[]): Promise<Places> {
  const { table } = parts;
  const user = valueWanted(filters, 'participants.user')?.toLowerCase();
  if (user !== undefined) {
    await demandListed(parts, user, filters);
    return (read) => pageInbox(table, user, { sections: sectionsOf(filters), ...read });
  }
  const channel = valueWanted(filters, 'channels')?.toLowerCase();
  if (channel !== undefined) return (read) => pageInbox(table, channel, { sections: [''], ...read });
  return indexOf(parts, caller, filters);
}

/** The index of the organization that is asked for. Throws 400, 404. */
export async function indexOf(parts: ApiParts, caller: Caller, filters: readonly Filter[]): Promise<Places> {
  const organization = organizationWanted(filters, caller);
  await reachableOrganization(parts, caller, organization);
  return (read) => pageOrganization(parts.table, organization, read);
}

/** The sections of a user's conversations that may hold some that fit. */
function sectionsOf(filters: readonly Filter[]): string[] {
  const inbox = valueWanted(filters, 'participants.inbox')?.toLowerCase();
  const statuses = valuesWanted(filters, 'status')?.map((status) => status.toLowerCase());
  return [true, false]
    .filter((side) => inbox === undefined || inbox === String(side))
    .flatMap((side) =>
      CONVERSATION_STATUSES.filter((status) => statuses?.includes(status) ?? true).map((status) =>
        inboxSection(side, status),
      ),
    );
}

/** Throws 400 for a user whose conversations are listed only where they wait in the inbox, when others are meant. */
async function demandListed({ users }: ApiParts, user: string, filters: readonly Filter[]): Promise<void> {
  if (valueWanted(filters, 'participants.inbox')?.toLowerCase() === 'true') return;
  const memberships = (await users.user(user))?.organizations ?? [];
  if (memberships.length === 0 || memberships.some(({ role }) => role === 'agent' || role === 'admin')) return;
  throw invalid(
    'participants.user',
    'is no agent, whose conversations are kept in a list: ask with participants.inbox=true for those assigned to it',
  );
}
