import type { ContactView } from '../contracts/views/contacts.ts';
import type { ContactConversation } from '../domain/conversation.ts';

const iso = (moment: number): string => new Date(moment).toISOString();

/** A contact as the API shows it (contract section 4); a team's conversation has none to show. */
export const contactView = ({
  contact,
  id,
  organization,
  orgPath,
  profile,
  contactMeta,
  createdAt,
  updatedAt,
}: ContactConversation): ContactView => ({
  id: contact,
  conversation: id,
  organization,
  orgPath,
  profile,
  meta: contactMeta,
  createdAt: iso(createdAt),
  updatedAt: iso(updatedAt),
});
