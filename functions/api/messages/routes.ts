import { MoveMessageSchema } from '../../../shared/contracts/conversation-request.ts';
import { jsonResponse, parseRequest } from '../../../shared/http/errors.ts';
import { messageView } from '../../../shared/views/message-view.ts';
import { type ApiRoute, type Guarded, idIn } from '../route.ts';
import { readMessage } from './read-message.ts';
import { cancelMessage, moveMessage } from './withdraw.ts';

const getMessage: Guarded['handle'] = async (parts, { params }, caller) => {
  const { message, orgPath } = await readMessage(parts, caller, idIn(params, 'Message'));
  return jsonResponse(200, messageView(message, orgPath));
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
