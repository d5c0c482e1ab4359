import type { Caller } from '../../../shared/auth/caller.ts';
import type { Filter, ListQuery } from '../../../shared/contracts/list-query.ts';
import type { Conversation } from '../../../shared/domain/conversation.ts';
import { invalid } from '../../../shared/domain/errors.ts';
import type { Collected } from '../../../shared/lists/collect.ts';
import { idsWanted } from '../../../shared/lists/ids-wanted.ts';
import { findByContact, getConversations } from '../../../shared/store/conversations.ts';
import { conversationView } from '../../../shared/views/conversation-view.ts';
import type { ApiParts } from '../parts.ts';
import { CONVERSATION_FIELDS } from './conversation-fields.ts';
import { chooseInbox } from './conversation-places.ts';
import { isShown } from './conversation-references.ts';
import { pageConversations } from './page-conversations.ts';

/** Those in reach that are named by their ids or by their contacts'; undefined where none are named. Throws 400. */
export async function namedConversations(
  { table }: ApiParts,
  caller: Caller,
  filters: readonly Filter[],
): Promise<Conversation[] | undefined> {
  const ids = idsWanted(filters);
  const contacts = ids ? undefined : idsWanted(filters, 'contact');
  if (!ids && !contacts) return undefined;
  const found = ids
    ? await getConversations(table, [...new Set(ids)])
    : await Promise.all([...new Set(contacts)].map((contact) => findByContact(table, contact)));
  return found.flatMap((conversation) => (conversation && isShown(conversation, caller) ? conversation : []));
}

/**
 * A page of the conversations that fit: those of a user, of a channel, or else of an organization. Throws 400, and 404
 * for an organization that is out of reach.
 */
export async function listConversations(
  parts: ApiParts,
  caller: Caller,
  query: ListQuery,
): Promise<Collected<Conversation>> {
  demandCompanion(query.filters);
  return pageConversations(parts.table, caller, {
    query,
    fields: CONVERSATION_FIELDS,
    viewOf: (conversation) => conversationView(conversation, undefined, new Map(), parts.appUrl),
    placesOf: await chooseInbox(parts, caller, query.filters),
  });
}

/** Any of these, or the request would be for conversations of all kinds and times (contract section 2). */
const COMPANIONS: readonly string[] = [
  'id',
  'type',
  'participants.user',
  'status',
  'createdAt',
  'categoryIndex',
  'category',
  'organization',
  'updatedAt',
];

function demandCompanion(filters: readonly Filter[]): void {
  const meta = filters.find(({ field }) => field.startsWith('meta.'));
  if (!meta || filters.some(({ field }) => COMPANIONS.includes(field))) return;
  throw invalid(meta.field, `can only be asked for together with one of ${COMPANIONS.join(', ')}`);
}
