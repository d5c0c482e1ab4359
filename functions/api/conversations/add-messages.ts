import { appendById, appendOf } from '../../../shared/acceptance/append-by-id.ts';
import type { AppendAnswer } from '../../../shared/acceptance/once.ts';
import type { Caller } from '../../../shared/auth/caller.ts';
import { AppendMessagesSchema } from '../../../shared/contracts/conversation-request.ts';
import { jsonResponse, parseRequest } from '../../../shared/http/errors.ts';
import type { HttpRequest, HttpResponse } from '../../../shared/http/handler.ts';
import { messageView } from '../../../shared/views/message-view.ts';
import { onceOf } from '../idempotency-key.ts';
import type { ApiParts } from '../parts.ts';
import { explain, isDryRun } from './explain.ts';
import { foreseeAppend } from './foresee.ts';

export const replayHeader = ({ replayed }: AppendAnswer): Record<string, string> =>
  replayed ? { 'idempotency-replayed': 'true' } : {};

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
  const answer = await appendById(parts, addition, once, 201);
  const views = answer.messages.map((message) => messageView(message, answer.conversation.orgPath));
  return jsonResponse(answer.status, many ? views : views[0], replayHeader(answer));
}
