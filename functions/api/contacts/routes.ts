import type { Caller } from '../../../shared/auth/caller.ts';
import { ContactRequestSchema, PatchContactSchema } from '../../../shared/contracts/contact-change.ts';
import { ConsentRequestSchema } from '../../../shared/contracts/conversation-request.ts';
import { parseListQuery, parseShown } from '../../../shared/contracts/list-query.ts';
import { isWithContact } from '../../../shared/domain/conversation.ts';
import { RequestError } from '../../../shared/domain/errors.ts';
import { isTouchpoint, TOUCHPOINTS, type Touchpoint } from '../../../shared/domain/touchpoint.ts';
import { jsonResponse, parseRequest } from '../../../shared/http/errors.ts';
import { type Call, idIn } from '../../../shared/http/route.ts';
import { answerPage } from '../../../shared/lists/answer-page.ts';
import { listInMemory } from '../../../shared/lists/list-in-memory.ts';
import type { References } from '../../../shared/lists/populate.ts';
import { showOne } from '../../../shared/lists/show.ts';
import { contactView } from '../../../shared/views/contact-view.ts';
import { toConversation } from '../conversations/conversation-references.ts';
import { onceOf } from '../idempotency-key.ts';
import type { ApiParts } from '../parts.ts';
import type { ApiRoute, Handle } from '../route.ts';
import { changeContact } from './change-contact.ts';
import { changeContactConsent, forgetConsent, readContactConsent } from './consent.ts';
import { CONTACT_FIELDS } from './contact-fields.ts';
import { deleteContact, readContact } from './contacts.ts';
import { createContact } from './create-contact.ts';
import { knownContacts, listContacts } from './list-contacts.ts';

const touchpointIn = ({ touchpoint }: Call['params']): Touchpoint => {
  if (isTouchpoint(touchpoint)) return touchpoint;
  throw new RequestError('not_found', `There is no such touchpoint; there are ${TOUCHPOINTS.join(', ')}.`);
};

const contactReferences = (parts: ApiParts, caller: Caller): References => ({
  conversation: toConversation(parts, caller),
});

const list: Handle = async (parts, { request }, caller) => {
  const query = parseListQuery(request.rawQuery);
  const references = contactReferences(parts, caller);
  const known = await knownContacts(parts, caller, query.filters);
  if (known) {
    const [fields, rest] = [CONTACT_FIELDS, { ...query, filters: known.rest }];
    const views = known.found.map(contactView);
    return listInMemory(parts.publicUrl, request, { query: rest, fields, views, references, caller });
  }
  const { found, next } = await listContacts(parts, caller, query);
  return answerPage(parts.publicUrl, request, {
    views: found.map(contactView),
    next,
    shown: query,
    references,
    caller,
  });
};

const read: Handle = async (parts, { request, params }, caller) => {
  const view = contactView(await readContact(parts, caller, idIn(params, 'Contact')));
  const showing = { shown: parseShown(request.rawQuery), references: contactReferences(parts, caller), caller };
  return jsonResponse(200, await showOne(view, showing));
};

const create: Handle = async (parts, { request, json }, caller) => {
  const body = parseRequest(ContactRequestSchema, json);
  const { status, conversation, ...answer } = await createContact(parts, caller, body, onceOf(request, caller));
  if (!isWithContact(conversation)) throw new Error('A contact was found in a conversation without one.');
  return jsonResponse(status, contactView(conversation), {
    ...(answer.replayed && { 'idempotency-replayed': 'true' }),
    ...(answer.conflictingContact && { 'x-identifier-conflict': answer.conflictingContact }),
  });
};

const patch: Handle = async (parts, { json, params }, caller) => {
  const change = parseRequest(PatchContactSchema, json);
  return jsonResponse(200, contactView(await changeContact(parts, caller, idIn(params, 'Contact'), change)));
};

const remove: Handle = async (parts, { params }, caller) =>
  jsonResponse(200, { deleted: await deleteContact(parts, caller, idIn(params, 'Contact')) });

const readConsent: Handle = async (parts, { params }, caller) =>
  jsonResponse(200, await readContactConsent(parts, caller, idIn(params, 'Contact')));

const putConsent: Handle = async (parts, { json, params }, caller) => {
  const of = { contact: idIn(params, 'Contact'), touchpoint: touchpointIn(params) };
  return jsonResponse(200, await changeContactConsent(parts, caller, of, parseRequest(ConsentRequestSchema, json)));
};

const removeConsent: Handle = async (parts, { params }, caller) => {
  const of = { contact: idIn(params, 'Contact'), touchpoint: touchpointIn(params) };
  return jsonResponse(200, await forgetConsent(parts, caller, of));
};

/** Contacts (contract section 4), and what they said they want. */
export const CONTACT_ROUTES: readonly ApiRoute[] = [
  { method: 'GET', path: '/v2/contacts', scope: 'agent', handle: list },
  { method: 'GET', path: '/v2/contacts/:id', scope: 'bot', handle: read },
  { method: 'POST', path: '/v2/contacts', scope: 'agent', body: true, handle: create },
  { method: 'PATCH', path: '/v2/contacts/:id', scope: 'bot', body: true, handle: patch },
  { method: 'DELETE', path: '/v2/contacts/:id', scope: 'admin', handle: remove },
  { method: 'GET', path: '/v2/contacts/:id/consent', scope: 'bot', handle: readConsent },
  { method: 'PUT', path: '/v2/contacts/:id/consent/:touchpoint', scope: 'bot', body: true, handle: putConsent },
  { method: 'DELETE', path: '/v2/contacts/:id/consent/:touchpoint', scope: 'bot', handle: removeConsent },
];
