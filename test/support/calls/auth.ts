import { createTokenService } from '../../../shared/auth/tokens.ts';
import { createTestClock } from '../api-clock.ts';
import { ORGANIZATION, USER } from '../api-seed.ts';
import { TOKEN_KEY } from '../api-world.ts';
import type { Calls } from './call.ts';

const tokens = createTokenService(async () => TOKEN_KEY, createTestClock());
const bearer = { user: USER.bot, organization: ORGANIZATION.root, scope: 'bot' } as const;

export const AUTH_CALLS: Calls = {
  'POST /v2/auth/token': {
    answers: {
      201: [async () => ({ body: { refreshToken: (await tokens.issue('refresh_token', bearer, 60)).token } })],
    },
    open: 'It takes no token: who knows the password or has the refresh token is the user.',
  },
};
