import type { Caller } from '../../../shared/auth/caller.ts';
import type { Filter, ListQuery } from '../../../shared/contracts/list-query.ts';
import { type ContactConversation, type Conversation, isWithContact } from '../../../shared/domain/conversation.ts';
import type { Collected } from '../../../shared/lists/collect.ts';
import { idsWanted } from '../../../shared/lists/ids-wanted.ts';
import { findByContact, getConversations } from '../../../shared/store/conversations.ts';
import { contactView } from '../../../shared/views/contact-view.ts';
import { indexOf } from '../conversations/conversation-places.ts';
import { isShown } from '../conversations/conversation-references.ts';
import { pageConversations } from '../conversations/page-conversations.ts';
import type { ApiParts } from '../parts.ts';
import { CONTACT_FIELDS } from './contact-fields.ts';
import { findByIdentifiers } from './find-by-identifiers.ts';

/** Contacts, as the conversations they are one item with, and what they still have to fit. */
interface Known<T extends Conversation> {
  readonly found: readonly T[];
  readonly rest: readonly Filter[];
}

/**
 * The contacts in reach that are named by id, by their conversation, or by an email or telephone of theirs; undefined
 * where none are named. Throws 400, and 404 for an organization that is out of reach.
 */
export async function knownContacts(
  parts: ApiParts,
  caller: Caller,
  filters: readonly Filter[],
): Promise<Known<ContactConversation> | undefined> {
  const known = (await named(parts, filters)) ?? (await findByIdentifiers(parts, caller, filters));
  return known && { ...known, found: known.found.filter(isWithContact).filter((one) => isShown(one, caller)) };
}

async function named({ table }: ApiParts, rest: readonly Filter[]): Promise<Known<Conversation> | undefined> {
  const ids = idsWanted(rest);
  if (ids) {
    const found = await Promise.all([...new Set(ids)].map((id) => findByContact(table, id)));
    return { found: found.filter((conversation) => conversation !== undefined), rest };
  }
  const conversations = idsWanted(rest, 'conversation');
  return conversations && { found: await getConversations(table, [...new Set(conversations)]), rest };
}

/** A page of an organization's contacts that fit. Throws 400, and 404 for an organization that is out of reach. */
export async function listContacts(
  parts: ApiParts,
  caller: Caller,
  query: ListQuery,
): Promise<Collected<ContactConversation>> {
  const page = await pageConversations(parts.table, caller, {
    query,
    fields: CONTACT_FIELDS,
    viewOf: (conversation) => (isWithContact(conversation) ? contactView(conversation) : undefined),
    placesOf: await indexOf(parts, caller, query.filters),
  });
  return { ...page, found: page.found.filter(isWithContact) };
}
