import { checkDrafts } from '../domain/acceptance.ts';
import type { Conversation } from '../domain/conversation.ts';
import type { Message } from '../domain/message.ts';
import { type Append, afterwards } from './append-plan.ts';
import type { AcceptanceParts } from './parts.ts';
import { messagesAt, reservePlaces, storeReserved } from './reserved-places.ts';
import { wake } from './wake.ts';

export interface Appended {
  readonly conversation: Conversation;
  readonly messages: readonly Message[];
}

/**
 * Adds messages to a conversation, all or none. Answers undefined when an identity of `person` was taken meanwhile:
 * look again whose it is. Throws as `reservePlaces`.
 */
export async function appendMessages(parts: AcceptanceParts, append: Append): Promise<Appended | undefined> {
  checkDrafts(append.drafts);
  const places = await reservePlaces(parts, append);
  const messages = messagesAt(parts, append, places);
  if (!(await storeReserved(parts, append, { places, messages }))) return undefined;
  parts.observe.count('MessageAccepted', messages.length);
  await wake(parts, messages);
  return { conversation: afterwards(places.conversation, places.plan, append.person?.profile), messages };
}
