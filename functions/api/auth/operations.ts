import { TokenRequestSchema } from '../../../shared/contracts/conversation-request.ts';
import { TokenViewSchema } from '../../../shared/contracts/views/auth.ts';
import type { Operations } from '../operation.ts';

export const AUTH_OPERATIONS: Operations = {
  'POST /v2/auth/token': {
    summary: 'Log in, or renew a token',
    description: 'Send `email` and `password`, or the `refreshToken` of an earlier answer. `Authorization` is ignored.',
    body: TokenRequestSchema,
    examples: {
      'Log in': { email: 'testbot@example.com', password: 'choose-one' },
      Renew: { clientId: 'testbot@example.com', refreshToken: 'eyJhbGciOiJIUzI1NiJ9.e30.x' },
    },
    answers: { 201: { description: 'A token for 24 hours.', schema: TokenViewSchema } },
    errors: ['invalid_request', 'unauthorized'],
  },
};
