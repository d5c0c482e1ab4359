import { type Caller, isGuestAt, seesConversation } from '../../../shared/auth/caller.ts';
import { type Conversation, isWithContact } from '../../../shared/domain/conversation.ts';
import type { Message } from '../../../shared/domain/message.ts';
import type { Reference, References } from '../../../shared/lists/populate.ts';
import { getConversations } from '../../../shared/store/conversations.ts';
import { contactView } from '../../../shared/views/contact-view.ts';
import { conversationView } from '../../../shared/views/conversation-view.ts';
import { messageView } from '../../../shared/views/message-view.ts';
import type { ApiParts } from '../parts.ts';

/** The messages of a conversation that were read with it: whoever may read the one may read the others. */
export const toMessages = (messages: readonly Message[], { orgPath }: Conversation): Reference => ({
  scope: 'guest',
  load: async () => new Map(messages.map((message) => [message.id, messageView(message, orgPath)])),
});

/** What can be filled in of these conversations; of those where the caller is but a guest not the contact. */
export const conversationReferences = (conversations: readonly Conversation[], caller: Caller): References => {
  const shown = conversations.filter(isWithContact).filter(({ orgPath }) => !isGuestAt(caller, orgPath));
  return {
    contact: {
      scope: 'agent',
      load: async () => new Map(shown.map((conversation) => [conversation.contact, contactView(conversation)])),
    },
  };
};

/** The conversation that something belongs to, without its messages. */
export const toConversation = (parts: ApiParts, caller: Caller): Reference => ({
  scope: 'agent',
  async load(ids) {
    const found = (await getConversations(parts.table, ids)).filter((conversation) => isShown(conversation, caller));
    const views = await viewConversations(parts, found);
    return new Map(views.map((view) => [view.id, view]));
  },
});

export const isShown = (conversation: Conversation, caller: Caller): boolean =>
  conversation.deletedAt === undefined && seesConversation(caller, conversation);

/** Conversations as a list shows them: without their messages, which would take a read for each. */
export async function viewConversations({ users, appUrl }: ApiParts, conversations: readonly Conversation[]) {
  const known = await users.users(conversations.flatMap(({ participants }) => Object.keys(participants)));
  return conversations.map((conversation) => conversationView(conversation, undefined, known, appUrl));
}
