import { append } from '../../../shared/acceptance/append.ts';
import type { Append } from '../../../shared/acceptance/append-plan.ts';
import type { AppendAnswer, Once } from '../../../shared/acceptance/once.ts';
import type { Caller } from '../../../shared/auth/caller.ts';
import { AppendMessagesSchema } from '../../../shared/contracts/conversation-request.ts';
import type { MessageDraft } from '../../../shared/domain/acceptance.ts';
import { jsonResponse, parseRequest } from '../../../shared/http/errors.ts';
import type { HttpRequest, HttpResponse } from '../../../shared/http/handler.ts';
import { messageView } from '../../../shared/views/message-view.ts';
import { onceOf } from '../idempotency-key.ts';
import type { ApiParts } from '../parts.ts';
import { explain, isDryRun } from './explain.ts';
import { foreseeAppend } from './foresee.ts';

export const replayHeader = ({ replayed }: AppendAnswer): Record<string, string> =>
  replayed ? { 'idempotency-replayed': 'true' } : {};

export interface Addition {
  readonly id: string;
  readonly messages: readonly MessageDraft[];
}

export const appendOf = (caller: Caller, { id, messages }: Addition): Append => ({
  conversation: id.toLowerCase(),
  drafts: messages,
  caller,
});

/** Adds messages to a conversation that is named. Throws as `append`. */
export async function appendTo(
  parts: ApiParts,
  addition: Append,
  { once, status }: { once: Once | undefined; status: number },
): Promise<AppendAnswer> {
  const appended = await append(parts, addition, once, status);
  if (!appended) throw new Error('An append that brings no identities cannot lose one.');
  return appended;
}

/** Answers a request that adds a message, or an array of them, in its own shape. Throws as `append`. */
export async function addMessages(
  parts: ApiParts,
  asked: { request: HttpRequest; json: unknown; caller: Caller; conversation: string },
): Promise<HttpResponse> {
  const { request, json, caller, conversation } = asked;
  const many = Array.isArray(json);
  const messages = parseRequest(AppendMessagesSchema, many ? json : [json], 'messages');
  const addition = appendOf(caller, { id: conversation, messages });
  const once = onceOf(request, caller);
  if (isDryRun(request)) return explain(parts, await foreseeAppend(parts, addition, once, 201));
  const answer = await appendTo(parts, addition, { once, status: 201 });
  const views = answer.messages.map((message) => messageView(message, answer.conversation.orgPath));
  return jsonResponse(answer.status, many ? views : views[0], replayHeader(answer));
}
