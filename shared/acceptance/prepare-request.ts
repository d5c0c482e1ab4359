import type { Caller } from '../auth/caller.ts';
import type { AppendByIdSchema, StartConversation } from '../contracts/conversation-request.ts';
import { appendById, appendOf } from './append-by-id.ts';
import { describeStart } from './describe-start.ts';
import type { Once } from './once.ts';
import type { AcceptanceParts } from './parts.ts';
import { findOrCreate, type Started } from './start-conversation.ts';

/** A body of `POST /v2/conversations`: with `id` an append, without it a start. */
export type ConversationRequest = StartConversation | ReturnType<(typeof AppendByIdSchema)['parse']>;

/** One of many requests, looked through. */
export interface PreparedRequest {
  /** Two that share one of these are for the same person: the later one must wait for the other. */
  readonly about: readonly string[];
  /** Throws as the request by itself would. */
  accept(): Promise<Started>;
}

/** Looks a request through before it is its turn. Throws what is wrong with it whoever it is for. */
export async function prepareRequest(
  parts: AcceptanceParts,
  caller: Caller,
  request: ConversationRequest,
  once: Once | undefined,
): Promise<PreparedRequest> {
  const itself = once ? [once.key.pk] : [];
  if ('id' in request) {
    const append = appendOf(caller, request);
    return { about: [append.conversation, ...itself], accept: () => appendById(parts, append, once, 200) };
  }
  const start = await describeStart(parts, caller, request, once);
  const people = start.person.identities.map(({ key }) => key.pk);
  return { about: [...people, ...itself], accept: () => findOrCreate(parts, start) };
}
