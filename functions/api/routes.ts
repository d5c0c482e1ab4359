import type { Caller } from '../../shared/auth/caller.ts';
import {
  AppendByIdSchema,
  AppendMessagesSchema,
  MoveMessageSchema,
  StartConversationSchema,
  TokenRequestSchema,
} from '../../shared/contracts/conversation-request.ts';
import type { MessageDraft } from '../../shared/domain/acceptance.ts';
import type { Conversation } from '../../shared/domain/conversation.ts';
import { invalid } from '../../shared/domain/errors.ts';
import { jsonResponse, parseRequest } from '../../shared/http/errors.ts';
import { append } from './append.ts';
import type { Append } from './append-plan.ts';
import { CONTACT_ROUTES } from './contact-routes.ts';
import { conversationView } from './conversation-view.ts';
import { explain, isDryRun } from './explain.ts';
import { foreseeAppend, foreseeStart } from './foresee.ts';
import { issueToken } from './issue-token.ts';
import { messageView } from './message-view.ts';
import { type AppendAnswer, type Once, onceOf } from './once.ts';
import type { ApiParts } from './parts.ts';
import { readConversation, readMessage } from './read.ts';
import { type ApiRoute, type Guarded, idIn, type Open } from './route.ts';
import { type Started, startConversation } from './start-conversation.ts';
import { WATEMPLATE_ROUTES } from './watemplate-routes.ts';
import { cancelMessage, moveMessage } from './withdraw.ts';

const viewOf = async (parts: ApiParts, conversation: Conversation, messages: readonly unknown[]) =>
  conversationView(
    conversation,
    messages,
    await parts.users.users(Object.keys(conversation.participants)),
    parts.appUrl,
  );

const isAppend = (json: unknown): boolean =>
  typeof json === 'object' && json !== null && 'id' in json && json.id !== null && json.id !== undefined;

const replayHeader = ({ replayed }: AppendAnswer): Record<string, string> =>
  replayed ? { 'idempotency-replayed': 'true' } : {};

const appendOf = (caller: Caller, { id, messages }: { id: string; messages: readonly MessageDraft[] }): Append => ({
  conversation: id.toLowerCase(),
  drafts: messages,
  caller,
});

const appendTo = async (
  parts: ApiParts,
  caller: Caller,
  by: { id: string; messages: readonly MessageDraft[] },
  once: Once | undefined,
  status: number,
): Promise<AppendAnswer> => {
  const appended = await append(parts, appendOf(caller, by), once, status);
  if (!appended) throw new Error('An append that brings no identities cannot lose one.');
  return appended;
};

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
    ? await appendTo(parts, caller, parseRequest(AppendByIdSchema, json), once, 200)
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
  const answer = await appendTo(parts, caller, by, once, 201);
  const views = answer.messages.map((message) => messageView(message, answer.conversation.orgPath));
  return jsonResponse(answer.status, many ? views : views[0], replayHeader(answer));
};

const POPULATABLE = ['messages'];

const getConversation: Guarded['handle'] = async (parts, { request, params }, caller) => {
  const populate = (request.query.populate ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const unknown = populate.find((name) => !POPULATABLE.includes(name));
  if (unknown) throw invalid('populate', `cannot be "${unknown}"; what can be filled in is: ${POPULATABLE.join(', ')}`);
  const { conversation, messages } = await readConversation(parts, caller, idIn(params, 'Conversation'));
  const shown = populate.includes('messages')
    ? messages.map((message) => messageView(message, conversation.orgPath))
    : messages.map((message) => message.id);
  return jsonResponse(200, await viewOf(parts, conversation, shown));
};

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

const postToken: Open['handle'] = async (parts, { json }) =>
  jsonResponse(201, await issueToken(parts, parseRequest(TokenRequestSchema, json)));

/** Every route of the function, with the scope a token needs for it (contract section 1). */
export const ROUTES: readonly ApiRoute[] = [
  { method: 'POST', path: '/v2/auth/token', scope: 'none', body: true, handle: postToken },
  { method: 'POST', path: '/v2/conversations', scope: 'agent', body: true, handle: postConversation },
  { method: 'GET', path: '/v2/conversations/:id', scope: 'guest', handle: getConversation },
  { method: 'POST', path: '/v2/conversations/:id/messages', scope: 'agent', body: true, handle: postMessages },
  { method: 'GET', path: '/v2/messages/:id', scope: 'bot', handle: getMessage },
  { method: 'PATCH', path: '/v2/messages/:id', scope: 'agent', body: true, handle: patchMessage },
  { method: 'DELETE', path: '/v2/messages/:id', scope: 'agent', handle: deleteMessage },
  ...CONTACT_ROUTES,
  ...WATEMPLATE_ROUTES,
];
