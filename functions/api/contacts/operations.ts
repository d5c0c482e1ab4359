import * as z from 'zod';
import { ConsentRequestSchema } from '../../../shared/contracts/conversation-request.ts';
import {
  ContactConsentViewSchema,
  ContactViewSchema,
  DeletedContactViewSchema,
  TouchpointConsentViewSchema,
} from '../../../shared/contracts/views/contacts.ts';
import { TOUCHPOINTS } from '../../../shared/domain/touchpoint.ts';
import { shownParameters } from '../lists/list-parameters.ts';
import type { Operations } from '../operation.ts';

const touchpoint = z.enum(TOUCHPOINTS).meta({ description: 'Of which touchpoint.' });

export const CONTACT_OPERATIONS: Operations = {
  'GET /v2/contacts/:id': {
    summary: 'Read a contact',
    query: shownParameters(['conversation']),
    answers: { 200: { description: 'The contact.', schema: ContactViewSchema } },
    errors: ['invalid_request', 'not_found'],
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
