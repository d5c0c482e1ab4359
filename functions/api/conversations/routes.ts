import { appendById, appendOf } from '../../../shared/acceptance/append-by-id.ts';
import type { Once } from '../../../shared/acceptance/once.ts';
import { type Started, startConversation } from '../../../shared/acceptance/start-conversation.ts';
import { startTeam } from '../../../shared/acceptance/start-team.ts';
import type { Caller } from '../../../shared/auth/caller.ts';
import { PatchConversationSchema } from '../../../shared/contracts/conversation-change.ts';
import {
  AppendByIdSchema,
  isAppend,
  StartConversationSchema,
  TeamConversationSchema,
} from '../../../shared/contracts/conversation-request.ts';
import { parseListQuery, parseShown } from '../../../shared/contracts/list-query.ts';
import { type Conversation, TEAM_TYPES } from '../../../shared/domain/conversation.ts';
import { jsonResponse, parseRequest } from '../../../shared/http/errors.ts';
import { idIn } from '../../../shared/http/route.ts';
import { answerPage } from '../../../shared/lists/answer-page.ts';
import { listInMemory } from '../../../shared/lists/list-in-memory.ts';
import { nextLink } from '../../../shared/lists/next-link.ts';
import { showOne } from '../../../shared/lists/show.ts';
import { conversationView } from '../../../shared/views/conversation-view.ts';
import { onceOf } from '../idempotency-key.ts';
import type { ApiParts } from '../parts.ts';
import type { ApiRoute, Handle } from '../route.ts';
import { addMessages, replayHeader } from './add-messages.ts';
import { changeConversation } from './change-conversation.ts';
import { CONVERSATION_FIELDS } from './conversation-fields.ts';
import { conversationReferences, toMessages, viewConversations } from './conversation-references.ts';
import { explain, isDryRun } from './explain.ts';
import { type Foreseen, foreseeAppend, foreseeStart, foreseeTeam } from './foresee.ts';
import { deleteConversation } from './forget.ts';
import { listConversations, namedConversations } from './list-conversations.ts';
import { readConversation } from './read-conversation.ts';

const viewOf = async (parts: ApiParts, conversation: Conversation, messages?: readonly string[]) =>
  conversationView(
    conversation,
    messages,
    await parts.users.users(Object.keys(conversation.participants)),
    parts.appUrl,
  );

/** Among users: by its type, or without one where nobody outside is named. */
const isTeam = (json: unknown): boolean => {
  if (typeof json !== 'object' || json === null) return false;
  const { type, contact } = json as { type?: unknown; contact?: unknown };
  return (
    TEAM_TYPES.some((known) => known === type) ||
    ((type ?? undefined) === undefined && (contact ?? undefined) === undefined)
  );
};

const foresee = (
  parts: ApiParts,
  { caller, json, once }: { caller: Caller; json: unknown; once: Once | undefined },
): Promise<Foreseen> => {
  if (isAppend(json)) return foreseeAppend(parts, appendOf(caller, parseRequest(AppendByIdSchema, json)), once, 200);
  return isTeam(json)
    ? foreseeTeam(parts, caller, parseRequest(TeamConversationSchema, json), once)
    : foreseeStart(parts, caller, parseRequest(StartConversationSchema, json), once);
};

const postConversation: Handle = async (parts, { request, json }, caller) => {
  const once = onceOf(request, caller);
  if (isDryRun(request)) return explain(parts, await foresee(parts, { caller, json, once }));
  const answer: Started = isAppend(json)
    ? await appendById(parts, appendOf(caller, parseRequest(AppendByIdSchema, json)), once, 200)
    : isTeam(json)
      ? await startTeam(parts, caller, parseRequest(TeamConversationSchema, json), once)
      : await startConversation(parts, caller, parseRequest(StartConversationSchema, json), once);
  const ids = answer.messages.map((message) => message.id);
  return jsonResponse(answer.status, await viewOf(parts, answer.conversation, ids), {
    ...replayHeader(answer),
    ...(answer.conflictingContact && { 'x-identifier-conflict': answer.conflictingContact }),
  });
};

const postMessages: Handle = (parts, { request, json, params }, caller) =>
  addMessages(parts, { request, json, caller, conversation: idIn(params, 'Conversation') });

const list: Handle = async (parts, { request }, caller) => {
  const query = parseListQuery(request.rawQuery);
  const named = await namedConversations(parts, caller, query.filters);
  if (named) {
    const [views, references] = [await viewConversations(parts, named), conversationReferences(named, caller)];
    return listInMemory(parts.publicUrl, request, { query, fields: CONVERSATION_FIELDS, views, references, caller });
  }
  const { found, next } = await listConversations(parts, caller, query);
  const [views, references] = [await viewConversations(parts, found), conversationReferences(found, caller)];
  return answerPage(parts.publicUrl, request, { views, next, shown: query, references, caller });
};

const getConversation: Handle = async (parts, { request, params }, caller) => {
  const { conversation, messages, older } = await readConversation(parts, caller, idIn(params, 'Conversation'));
  const view = await viewOf(
    parts,
    conversation,
    messages.map((message) => message.id),
  );
  const references = {
    ...conversationReferences([conversation], caller),
    messages: toMessages(messages, conversation),
  };
  const shown = await showOne(view, { shown: parseShown(request.rawQuery), references, caller });
  const messagesList = { path: `/v2/conversations/${conversation.id}/messages`, rawQuery: 'sort=-createdAt' };
  return jsonResponse(200, shown, older && nextLink(parts.publicUrl, messagesList, older));
};

const patchConversation: Handle = async (parts, { json, params }, caller) => {
  const id = idIn(params, 'Conversation');
  const changed = await changeConversation(parts, caller, id, parseRequest(PatchConversationSchema, json));
  return jsonResponse(200, await viewOf(parts, changed));
};

const removeConversation: Handle = async (parts, { params }, caller) => {
  await deleteConversation(parts, caller, idIn(params, 'Conversation'));
  return { statusCode: 204 };
};

/** Conversations, and what is added to them (contract section 2). */
export const CONVERSATION_ROUTES: readonly ApiRoute[] = [
  { method: 'POST', path: '/v2/conversations', scope: 'agent', body: true, handle: postConversation },
  { method: 'GET', path: '/v2/conversations', scope: 'agent', handle: list },
  { method: 'GET', path: '/v2/conversations/:id', scope: 'guest', handle: getConversation },
  { method: 'PATCH', path: '/v2/conversations/:id', scope: 'agent', body: true, handle: patchConversation },
  { method: 'DELETE', path: '/v2/conversations/:id', scope: 'admin', handle: removeConversation },
  { method: 'POST', path: '/v2/conversations/:id/messages', scope: 'guest', body: true, handle: postMessages },
];
