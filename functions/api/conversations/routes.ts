import { appendById, appendOf } from '../../../shared/acceptance/append-by-id.ts';
import type { AppendAnswer } from '../../../shared/acceptance/once.ts';
import { type Started, startConversation } from '../../../shared/acceptance/start-conversation.ts';
import {
  AppendByIdSchema,
  AppendMessagesSchema,
  isAppend,
  StartConversationSchema,
} from '../../../shared/contracts/conversation-request.ts';
import { parseShown } from '../../../shared/contracts/list-query.ts';
import type { Conversation } from '../../../shared/domain/conversation.ts';
import { jsonResponse, parseRequest } from '../../../shared/http/errors.ts';
import { conversationView } from '../../../shared/views/conversation-view.ts';
import { messageView } from '../../../shared/views/message-view.ts';
import { onceOf } from '../idempotency-key.ts';
import { nextLink } from '../lists/next-link.ts';
import { showOne } from '../lists/show.ts';
import type { ApiParts } from '../parts.ts';
import { type ApiRoute, type Guarded, idIn } from '../route.ts';
import { conversationReferences } from './conversation-references.ts';
import { explain, isDryRun } from './explain.ts';
import { foreseeAppend, foreseeStart } from './foresee.ts';
import { readConversation } from './read-conversation.ts';

const viewOf = async (parts: ApiParts, conversation: Conversation, messages: readonly string[]) =>
  conversationView(
    conversation,
    messages,
    await parts.users.users(Object.keys(conversation.participants)),
    parts.appUrl,
  );

const replayHeader = ({ replayed }: AppendAnswer): Record<string, string> =>
  replayed ? { 'idempotency-replayed': 'true' } : {};

const postConversation: Guarded['handle'] = async (parts, { request, json }, caller) => {
  const once = onceOf(request, caller);
  if (isDryRun(request)) {
    return explain(
      parts,
      isAppend(json)
        ? await foreseeAppend(parts, appendOf(caller, parseRequest(AppendByIdSchema, json)), once, 200)
        : await foreseeStart(parts, caller, parseRequest(StartConversationSchema, json), once),
    );
  }
  const answer: Started = isAppend(json)
    ? await appendById(parts, appendOf(caller, parseRequest(AppendByIdSchema, json)), once, 200)
    : await startConversation(parts, caller, parseRequest(StartConversationSchema, json), once);
  const ids = answer.messages.map((message) => message.id);
  return jsonResponse(answer.status, await viewOf(parts, answer.conversation, ids), {
    ...replayHeader(answer),
    ...(answer.conflictingContact && { 'x-identifier-conflict': answer.conflictingContact }),
  });
};

const postMessages: Guarded['handle'] = async (parts, { request, json, params }, caller) => {
  const many = Array.isArray(json);
  const drafts = parseRequest(AppendMessagesSchema, many ? json : [json], 'messages');
  const by = { id: idIn(params, 'Conversation'), messages: drafts };
  const once = onceOf(request, caller);
  if (isDryRun(request)) return explain(parts, await foreseeAppend(parts, appendOf(caller, by), once, 201));
  const answer = await appendById(parts, appendOf(caller, by), once, 201);
  const views = answer.messages.map((message) => messageView(message, answer.conversation.orgPath));
  return jsonResponse(answer.status, many ? views : views[0], replayHeader(answer));
};

const getConversation: Guarded['handle'] = async (parts, { request, params }, caller) => {
  const { conversation, messages, older } = await readConversation(parts, caller, idIn(params, 'Conversation'));
  const view = await viewOf(
    parts,
    conversation,
    messages.map((message) => message.id),
  );
  const references = conversationReferences([conversation], messages);
  const shown = await showOne(view, { shown: parseShown(request.rawQuery), references, caller });
  const messagesList = { path: `/v2/conversations/${conversation.id}/messages`, rawQuery: 'sort=-createdAt' };
  return jsonResponse(200, shown, older && nextLink(parts.publicUrl, messagesList, older));
};

/** Conversations, and what is added to them (contract section 2). */
export const CONVERSATION_ROUTES: readonly ApiRoute[] = [
  { method: 'POST', path: '/v2/conversations', scope: 'agent', body: true, handle: postConversation },
  { method: 'GET', path: '/v2/conversations/:id', scope: 'guest', handle: getConversation },
  { method: 'POST', path: '/v2/conversations/:id/messages', scope: 'agent', body: true, handle: postMessages },
];
