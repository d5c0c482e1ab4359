import { type Caller, reaches } from '../../../shared/auth/caller.ts';
import type { ContactConversation } from '../../../shared/domain/conversation.ts';
import { RequestError } from '../../../shared/domain/errors.ts';
import { findByContact } from '../../../shared/store/conversations.ts';
import { forget } from '../conversations/forget.ts';
import type { ApiParts } from '../parts.ts';

const notFound = (): RequestError => new RequestError('not_found', 'Contact not found');

/** The conversation of a contact, which is one item with it. Throws 404, for one that is out of reach too. */
export async function readContact({ table }: ApiParts, caller: Caller, id: string): Promise<ContactConversation> {
  const conversation = await findByContact(table, id);
  if (!conversation || conversation.deletedAt !== undefined || !reaches(caller, conversation.orgPath)) throw notFound();
  return conversation;
}

export interface Deleted {
  readonly contact: string;
  readonly conversation: string;
  /** How many addresses are free again. */
  readonly identifiers: number;
}

/** Forgets a contact and says what was there of them. Throws 404, else as `forget`. */
export async function deleteContact(parts: ApiParts, caller: Caller, id: string): Promise<Deleted> {
  const { conversation, identifiers } = await forget(parts, async () => {
    const found = await findByContact(parts.table, id);
    if (found && reaches(caller, found.orgPath)) return found;
    throw notFound();
  });
  return { contact: id, conversation: conversation.id, identifiers };
}
