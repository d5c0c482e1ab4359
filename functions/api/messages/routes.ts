import * as z from 'zod';
import type { Caller, IdentifiedCaller } from '../../../shared/auth/caller.ts';
import { parseListQuery, parseShown } from '../../../shared/contracts/list-query.ts';
import { MessagesPlaceSchema, PatchMessageSchema } from '../../../shared/contracts/message-change.ts';
import { invalid } from '../../../shared/domain/errors.ts';
import { jsonResponse, parseRequest } from '../../../shared/http/errors.ts';
import type { HttpRequest } from '../../../shared/http/handler.ts';
import { idIn } from '../../../shared/http/route.ts';
import { answerPage } from '../../../shared/lists/answer-page.ts';
import { idsWanted, idWanted } from '../../../shared/lists/ids-wanted.ts';
import { listInMemory } from '../../../shared/lists/list-in-memory.ts';
import type { References } from '../../../shared/lists/populate.ts';
import { showOne } from '../../../shared/lists/show.ts';
import { messageView } from '../../../shared/views/message-view.ts';
import { addMessages } from '../conversations/add-messages.ts';
import { toConversation } from '../conversations/conversation-references.ts';
import type { ApiParts } from '../parts.ts';
import type { ApiRoute, Handle } from '../route.ts';
import { changeMeta } from './change-meta.ts';
import { listMessages, type MessagesOf } from './list-messages.ts';
import { MESSAGE_FIELDS } from './message-fields.ts';
import { findMessages, readMessage } from './read-message.ts';
import { cancelMessage, moveMessage } from './withdraw.ts';

/** What can be filled in of a message. */
const messageReferences = (parts: ApiParts, caller: Caller): References => ({
  conversation: toConversation(parts, caller),
});

const getMessage: Handle = async (parts, { request, params }, caller) => {
  const { message, orgPath } = await readMessage(parts, caller, idIn(params, 'Message'));
  const showing = { shown: parseShown(request.rawQuery), references: messageReferences(parts, caller), caller };
  return jsonResponse(200, await showOne(messageView(message, orgPath), showing));
};

const answerMessages = async (parts: ApiParts, request: HttpRequest, caller: IdentifiedCaller, of: MessagesOf) => {
  const { found: views, next } = await listMessages(parts, caller, of);
  const references = messageReferences(parts, caller);
  return answerPage(parts.publicUrl, request, { views, next, shown: of.query, references, caller });
};

const listOfConversation: Handle = async (parts, { request, params }, caller) => {
  const of = { conversation: idIn(params, 'Conversation'), query: parseListQuery(request.rawQuery) };
  return answerMessages(parts, request, caller, of);
};

const list: Handle = async (parts, { request }, caller) => {
  const query = parseListQuery(request.rawQuery);
  const conversation = idWanted(query.filters, 'conversation');
  if (conversation !== undefined) return answerMessages(parts, request, caller, { conversation, query });
  const found = await findMessages(parts, caller, idsWanted(query.filters) ?? refuseUnbounded());
  const views = found.map(({ message, orgPath }) => messageView(message, orgPath));
  const references = messageReferences(parts, caller);
  return listInMemory(parts.publicUrl, request, { query, fields: MESSAGE_FIELDS, views, references, caller });
};

const refuseUnbounded = (): never => {
  throw invalid('', 'Messages are listed by conversation=<id> or by id=<id> or id=[<id>,<id>]; name one of them.');
};

const deleteMessage: Handle = async (parts, { params }, caller) => {
  await cancelMessage(parts, caller, idIn(params, 'Message'));
  return { statusCode: 204 };
};

/** The conversation that all messages of a body name. Throws 400 unless it is one. */
const conversationIn = (json: unknown): string => {
  const [first, ...others] = parseRequest(z.array(MessagesPlaceSchema).min(1), Array.isArray(json) ? json : [json]);
  const id = first?.conversation.toLowerCase() ?? '';
  const other = others.findIndex(({ conversation }) => conversation.toLowerCase() !== id);
  if (other < 0) return id;
  throw invalid(`${other + 1}.conversation`, 'must be that of the first message: a request adds to one conversation');
};

const postMessages: Handle = (parts, { request, json }, caller) =>
  addMessages(parts, { request, json, caller, conversation: conversationIn(json) });

const patchMessage: Handle = async (parts, { json, params }, caller) => {
  const { delay, meta } = parseRequest(PatchMessageSchema, json);
  const id = idIn(params, 'Message');
  const { message, orgPath } =
    delay === undefined ? await changeMeta(parts, caller, id, meta ?? {}) : await moveMessage(parts, caller, id, delay);
  return jsonResponse(200, messageView(message, orgPath));
};

/** Messages, alone and listed (contract section 3). */
export const MESSAGE_ROUTES: readonly ApiRoute[] = [
  { method: 'GET', path: '/v2/messages', scope: 'bot', handle: list },
  { method: 'GET', path: '/v2/conversations/:id/messages', scope: 'guest', handle: listOfConversation },
  { method: 'POST', path: '/v2/messages', scope: 'guest', body: true, handle: postMessages },
  { method: 'GET', path: '/v2/messages/:id', scope: 'bot', handle: getMessage },
  { method: 'PATCH', path: '/v2/messages/:id', scope: 'agent', body: true, handle: patchMessage },
  { method: 'DELETE', path: '/v2/messages/:id', scope: 'agent', handle: deleteMessage },
];
