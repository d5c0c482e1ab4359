import * as z from 'zod';
import { ObjectIdSchema } from '../../../shared/contracts/conversation-request.ts';
import { KeepTokenSchema, OtpCodeSchema } from '../../../shared/contracts/user-request.ts';
import { KeptTokenViewSchema, NewTokenViewSchema, OtpSeedViewSchema } from '../../../shared/contracts/views/users.ts';
import type { Operations } from '../operation.ts';

const token = ObjectIdSchema.meta({ description: 'Id of the token.' });

export const USER_OPERATIONS: Operations = {
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
