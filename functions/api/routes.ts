import type { Caller } from '../../shared/auth/caller.ts';
import type { Scope } from '../../shared/auth/scopes.ts';
import {
  AppendByIdSchema,
  AppendMessagesSchema,
  ObjectIdSchema,
  StartConversationSchema,
  TokenRequestSchema,
} from '../../shared/contracts/conversation-request.ts';
import type { Conversation } from '../../shared/domain/conversation.ts';
import { invalid, RequestError } from '../../shared/domain/errors.ts';
import { jsonResponse, parseRequest } from '../../shared/http/errors.ts';
import type { HttpRequest, HttpResponse } from '../../shared/http/handler.ts';
import type { Route } from '../../shared/http/router.ts';
import { appendMessages } from './append-messages.ts';
import { conversationView } from './conversation-view.ts';
import { issueToken } from './issue-token.ts';
import { messageView } from './message-view.ts';
import type { ApiParts } from './parts.ts';
import { readConversation, readMessage } from './read.ts';
import { startConversation } from './start-conversation.ts';

/** A request that was routed: its path variables and, for routes with a body, the parsed JSON. */
export interface Call {
  readonly request: HttpRequest;
  readonly params: Readonly<Record<string, string>>;
  readonly json: unknown;
}

type Open = { readonly scope: 'none'; handle(parts: ApiParts, call: Call): Promise<HttpResponse> };
type Guarded = { readonly scope: Scope; handle(parts: ApiParts, call: Call, caller: Caller): Promise<HttpResponse> };
export type ApiRoute = Omit<Route<unknown>, 'handle'> & { readonly body?: true } & (Open | Guarded);

const idIn = (params: Call['params'], resource: string): string => {
  const id = ObjectIdSchema.safeParse(params.id);
  if (id.success) return id.data.toLowerCase();
  throw new RequestError('not_found', `${resource} not found`);
};

const viewOf = async (parts: ApiParts, conversation: Conversation, messages: readonly unknown[]) =>
  conversationView(
    conversation,
    messages,
    await parts.users.users(Object.keys(conversation.participants)),
    parts.appUrl,
  );

const isAppend = (json: unknown): boolean =>
  typeof json === 'object' && json !== null && 'id' in json && json.id !== null && json.id !== undefined;

const postConversation: Guarded['handle'] = async (parts, { json }, caller) => {
  if (isAppend(json)) {
    const { id, messages: drafts } = parseRequest(AppendByIdSchema, json);
    const appended = await append(parts, caller, id, drafts);
    const ids = appended.messages.map((message) => message.id);
    return jsonResponse(200, await viewOf(parts, appended.conversation, ids));
  }
  const started = await startConversation(parts, caller, parseRequest(StartConversationSchema, json));
  const ids = started.messages.map((message) => message.id);
  return jsonResponse(
    started.created ? 201 : 200,
    await viewOf(parts, started.conversation, ids),
    started.conflictingContact ? { 'x-identifier-conflict': started.conflictingContact } : {},
  );
};

const append = async (
  parts: ApiParts,
  caller: Caller,
  id: string,
  drafts: Parameters<typeof appendMessages>[1]['drafts'],
) => {
  const appended = await appendMessages(parts, { conversation: id.toLowerCase(), drafts, caller });
  if (!appended) throw new Error('An append without identities cannot lose one.');
  return appended;
};

const postMessages: Guarded['handle'] = async (parts, { json, params }, caller) => {
  const many = Array.isArray(json);
  const drafts = parseRequest(AppendMessagesSchema, many ? json : [json], 'messages');
  const { conversation, messages } = await append(parts, caller, idIn(params, 'Conversation'), drafts);
  const views = messages.map((message) => messageView(message, conversation.orgPath));
  return jsonResponse(201, many ? views : views[0]);
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

const postToken: Open['handle'] = async (parts, { json }) =>
  jsonResponse(201, await issueToken(parts, parseRequest(TokenRequestSchema, json)));

/** Every route of the function, with the scope a token needs for it (contract section 1). */
export const ROUTES: readonly ApiRoute[] = [
  { method: 'POST', path: '/v2/auth/token', scope: 'none', body: true, handle: postToken },
  { method: 'POST', path: '/v2/conversations', scope: 'agent', body: true, handle: postConversation },
  { method: 'GET', path: '/v2/conversations/:id', scope: 'guest', handle: getConversation },
  { method: 'POST', path: '/v2/conversations/:id/messages', scope: 'agent', body: true, handle: postMessages },
  { method: 'GET', path: '/v2/messages/:id', scope: 'bot', handle: getMessage },
];
