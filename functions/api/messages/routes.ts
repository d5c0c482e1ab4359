import type { Caller } from '../../../shared/auth/caller.ts';
import { MoveMessageSchema } from '../../../shared/contracts/conversation-request.ts';
import { parseShown } from '../../../shared/contracts/list-query.ts';
import { jsonResponse, parseRequest } from '../../../shared/http/errors.ts';
import { messageView } from '../../../shared/views/message-view.ts';
import { toConversation } from '../conversations/conversation-references.ts';
import type { References } from '../lists/populate.ts';
import { showOne } from '../lists/show.ts';
import type { ApiParts } from '../parts.ts';
import { type ApiRoute, type Guarded, idIn } from '../route.ts';
import { readMessage } from './read-message.ts';
import { cancelMessage, moveMessage } from './withdraw.ts';

/** What can be filled in of a message. */
const messageReferences = (parts: ApiParts, caller: Caller): References => ({
  conversation: toConversation(parts, caller),
});

const getMessage: Guarded['handle'] = async (parts, { request, params }, caller) => {
  const { message, orgPath } = await readMessage(parts, caller, idIn(params, 'Message'));
  const showing = { shown: parseShown(request.rawQuery), references: messageReferences(parts, caller), caller };
  return jsonResponse(200, await showOne(messageView(message, orgPath), showing));
};

const deleteMessage: Guarded['handle'] = async (parts, { params }, caller) => {
  await cancelMessage(parts, caller, idIn(params, 'Message'));
  return { statusCode: 204 };
};

const patchMessage: Guarded['handle'] = async (parts, { json, params }, caller) => {
  const { delay } = parseRequest(MoveMessageSchema, json);
  const { message, orgPath } = await moveMessage(parts, caller, idIn(params, 'Message'), delay);
  return jsonResponse(200, messageView(message, orgPath));
};

/** Single messages (contract section 3). */
export const MESSAGE_ROUTES: readonly ApiRoute[] = [
  { method: 'GET', path: '/v2/messages/:id', scope: 'bot', handle: getMessage },
  { method: 'PATCH', path: '/v2/messages/:id', scope: 'agent', body: true, handle: patchMessage },
  { method: 'DELETE', path: '/v2/messages/:id', scope: 'agent', handle: deleteMessage },
];
