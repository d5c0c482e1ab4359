import { TokenRequestSchema } from '../../../shared/contracts/user-request.ts';
import { TokenViewSchema } from '../../../shared/contracts/views/auth.ts';
import type { Operations } from '../../../shared/http/operation.ts';

export const AUTH_OPERATIONS: Operations = {
  'POST /v2/auth/token': {
    summary: 'Log in, or renew a token',
    description:
      'Send `email` and `password`, and `otp` where the user enrolled for one-time passwords; or the `refreshToken` of an earlier answer. `Authorization` is ignored. Ten failures with an address in 15 minutes end in 429.',
    body: TokenRequestSchema,
    examples: {
      'Log in': { email: 'testbot@example.com', password: 'choose-one' },
      Renew: { clientId: 'testbot@example.com', refreshToken: 'eyJhbGciOiJIUzI1NiJ9.e30.x' },
    },
    answers: { 201: { description: 'A token for 24 hours.', schema: TokenViewSchema } },
    errors: ['invalid_request', 'unauthorized', 'otp_required', 'rate_exceeded'],
  },
};
