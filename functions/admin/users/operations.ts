import * as z from 'zod';
import { ObjectIdSchema } from '../../../shared/contracts/conversation-request.ts';
import {
  CreateUserSchema,
  KeepTokenSchema,
  OtpCodeSchema,
  PatchUserSchema,
} from '../../../shared/contracts/user-request.ts';
import {
  KeptTokenViewSchema,
  NewTokenViewSchema,
  OtpSeedViewSchema,
  UserViewSchema,
} from '../../../shared/contracts/views/users.ts';
import type { Operations } from '../../../shared/http/operation.ts';
import { listParameters, shownParameters } from '../../../shared/lists/list-parameters.ts';
import { USER_FIELDS } from './user-fields.ts';

const token = ObjectIdSchema.meta({ description: 'Id of the token.' });

const user = { description: 'The user.', schema: UserViewSchema };

export const USER_OPERATIONS: Operations = {
  'GET /v2/users': {
    summary: 'List users',
    description:
      'Those who belong to one organization itself (that of the token if none is named), or those who are named by `id`.',
    query: listParameters({ organization: 'text', ...USER_FIELDS }),
    answers: {
      200: { description: 'Users.', schema: z.array(UserViewSchema), headers: ['Link', 'X-Total-Count'] },
    },
    errors: ['invalid_request', 'not_found'],
  },
  'POST /v2/users': {
    summary: 'Make a user',
    description:
      'Of organizations that the token reaches as an admin. A bot without an address gets one made of its id.',
    body: CreateUserSchema,
    examples: {
      'An agent': { givenName: 'Ada', familyName: 'Agent', email: 'ada@example.com', password: 'choose-one' },
      'A bot': {
        name: 'CRM',
        organizations: [{ organization: '6663a1f684ba342816c4b7c4', role: 'bot' }],
      },
    },
    answers: { 201: user },
    errors: ['invalid_request', 'not_found', 'user_exists'],
  },
  'GET /v2/users/:id': {
    summary: 'Read a user',
    description: 'Yourself, or with scope `bot` others.',
    query: shownParameters(),
    answers: { 200: user },
    errors: ['invalid_request', 'not_found'],
  },
  'PATCH /v2/users/:id': {
    summary: 'Change a user',
    description:
      'Where a user belongs to organizations out of reach too, only `organizations` can be changed, and of these those in reach. A new password ends the tokens of logins.',
    body: PatchUserSchema,
    examples: { 'No tokens any more': { status: 'inactive' } },
    answers: { 200: user },
    errors: ['invalid_request', 'not_found', 'user_exists'],
  },
  'DELETE /v2/users/:id': {
    summary: 'Delete a user',
    description: 'With their tokens. Conversations keep their id, without a name.',
    answers: { 204: { description: 'They are gone.' } },
    errors: ['not_found'],
  },
  'GET /v2/users/:id/tokens': {
    summary: 'List the tokens that a user keeps',
    answers: { 200: { description: 'Tokens, oldest first.', schema: z.array(KeptTokenViewSchema) } },
    errors: ['not_found'],
  },
  'POST /v2/users/:id/tokens': {
    summary: 'Make a token that lasts until it is ended',
    description:
      'For systems, as a user of role `bot`. It is shown once. Its scope is at most the role of the user; one of scope `admin` lasts 24 hours at most.',
    body: KeepTokenSchema,
    examples: { 'For a CRM': { name: 'CRM', scope: 'bot' } },
    answers: { 201: { description: 'The token.', schema: NewTokenViewSchema } },
    errors: ['invalid_request', 'not_found'],
  },
  'DELETE /v2/users/:id/tokens': {
    summary: 'End all tokens of a user',
    description: 'Those of logins and refreshes too, within a minute. By an admin, or by the user.',
    answers: { 204: { description: 'They are ended.' } },
    errors: ['not_found'],
  },
  'DELETE /v2/users/:id/tokens/:token': {
    summary: 'End a token that a user keeps',
    description: 'Within a minute.',
    params: { token },
    answers: { 204: { description: 'It is ended.' } },
    errors: ['not_found'],
  },
  'POST /v2/users/:id/otp': {
    summary: 'Begin with one-time passwords',
    description: 'For yourself alone. Logins ask for one once you confirmed it.',
    answers: { 201: { description: 'What an authenticator needs.', schema: OtpSeedViewSchema } },
    errors: ['not_found', 'otp_exists'],
  },
  'POST /v2/users/:id/otp/confirm': {
    summary: 'Confirm one-time passwords',
    description: 'From now on your logins ask for one.',
    body: OtpCodeSchema,
    examples: { 'A code': { code: '492039' } },
    answers: { 204: { description: 'They are confirmed.' } },
    errors: ['invalid_request', 'not_found'],
  },
  'DELETE /v2/users/:id/otp': {
    summary: 'End one-time passwords',
    description: 'Your own by a code; an admin ends those of others without.',
    query: z.object({ code: z.string().optional().meta({ description: 'Six digits; needed for your own.' }) }),
    answers: { 204: { description: 'Logins ask for none any more.' } },
    errors: ['invalid_request', 'not_found'],
  },
};
