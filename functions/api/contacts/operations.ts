import * as z from 'zod';
import { ContactRequestSchema, PatchContactSchema } from '../../../shared/contracts/contact-change.ts';
import { ConsentRequestSchema } from '../../../shared/contracts/conversation-request.ts';
import {
  ContactConsentViewSchema,
  ContactViewSchema,
  DeletedContactViewSchema,
  TouchpointConsentViewSchema,
} from '../../../shared/contracts/views/contacts.ts';
import { TOUCHPOINTS } from '../../../shared/domain/touchpoint.ts';
import type { Operations } from '../../../shared/http/operation.ts';
import { pageParameters, shownParameters } from '../../../shared/lists/list-parameters.ts';
import { CONTACT_FIELDS } from './contact-fields.ts';

const touchpoint = z.enum(TOUCHPOINTS).meta({ description: 'Of which touchpoint.' });

export const CONTACT_OPERATIONS: Operations = {
  'GET /v2/contacts': {
    summary: 'List contacts',
    description:
      'Those of some `id`s or `conversation`s; those who have these emails or telephones, written in any way, or had them ' +
      'before; or all of an organization. Other filters narrow them down.',
    query: pageParameters(CONTACT_FIELDS, ['conversation'], 'createdAt'),
    answers: {
      200: {
        description: 'Contacts, newest first unless asked otherwise.',
        schema: z.array(ContactViewSchema),
        headers: ['Link', 'X-Total-Count'],
      },
    },
    errors: ['invalid_request', 'not_found'],
  },
  'GET /v2/contacts/:id': {
    summary: 'Read a contact',
    query: shownParameters(['conversation']),
    answers: { 200: { description: 'The contact.', schema: ContactViewSchema } },
    errors: ['invalid_request', 'not_found'],
  },
  'POST /v2/contacts': {
    summary: 'Find or create a contact',
    description:
      'By email or telephone, as a start of a conversation does: what the profile lacked is filled, addresses that nobody ' +
      'has are attached. A new contact has a closed conversation without messages.',
    headers: ['Idempotency-Key'],
    body: ContactRequestSchema,
    examples: {
      'By email': { profile: { name: 'John Johnson', email: 'johnjohn@example.com' }, meta: { plan: 'gold' } },
    },
    answers: {
      200: {
        description: 'They were known.',
        schema: ContactViewSchema,
        headers: ['Idempotency-Replayed', 'X-Identifier-Conflict'],
      },
      201: { description: 'They are new.', schema: ContactViewSchema, headers: ['Idempotency-Replayed'] },
    },
    errors: [
      'invalid_request',
      'identifier_required',
      'not_found',
      'identifier_conflict',
      'idempotency_key_reused',
      'overloaded',
    ],
  },
  'PATCH /v2/contacts/:id': {
    summary: 'Change a contact',
    description:
      '`profile` is replaced whole: an email or telephone that it names instead of another moves the contact there, one ' +
      'that it leaves out is removed, both at once with the profile. Addresses that were the primary one before, by ' +
      'starts, still find the contact as long as there is one of their kind.',
    body: PatchContactSchema,
    examples: { 'Another email': { profile: { name: 'John Johnson', email: 'john@example.com' } } },
    answers: { 200: { description: 'The contact as it is now.', schema: ContactViewSchema } },
    errors: ['invalid_request', 'identifier_required', 'not_found', 'identifier_taken', 'overloaded'],
  },
  'DELETE /v2/contacts/:id': {
    summary: 'Forget a contact',
    description:
      'From the answer on nothing is sent and nobody finds them; their messages are deleted soon after. Opt-outs stay, ' +
      'as hashes. Repeat it when it is answered 503.',
    answers: { 200: { description: 'What was deleted.', schema: DeletedContactViewSchema } },
    errors: ['not_found', 'overloaded'],
  },
  'GET /v2/contacts/:id/consent': {
    summary: 'Read what a contact allowed and refused',
    answers: { 200: { description: 'Consent at each touchpoint.', schema: ContactConsentViewSchema } },
    errors: ['not_found'],
  },
  'PUT /v2/contacts/:id/consent/:touchpoint': {
    summary: 'Tell what a contact allowed or refused',
    description: 'Nothing that an opt-out forbids leaves once it is answered.',
    params: { touchpoint },
    body: ConsentRequestSchema,
    examples: { 'Opted out': { status: 'opted_out', purpose: 'marketing', reason: 'Said so by telephone.' } },
    answers: { 200: { description: 'Consent as it is now.', schema: TouchpointConsentViewSchema } },
    errors: ['invalid_request', 'touchpoint_unavailable', 'not_found', 'overloaded'],
  },
  'DELETE /v2/contacts/:id/consent/:touchpoint': {
    summary: 'Forget what stands against a touchpoint',
    description: 'A dead address too. The history keeps it.',
    params: { touchpoint },
    answers: { 200: { description: 'Consent as it is now.', schema: TouchpointConsentViewSchema } },
    errors: ['touchpoint_unavailable', 'not_found', 'overloaded'],
  },
};
