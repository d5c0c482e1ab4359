import { newEmail } from '../api-requests.ts';
import type { Call, Calls } from './call.ts';

const user: Call = async (ours) => ({ params: { id: (await ours.user()).id } });

const change =
  (body: object): Call =>
  async (ours, world) => ({ ...(await user(ours, world)), body });

export const USER_CALLS: Calls = {
  'GET /v2/users': { answers: { 200: [async (ours) => ({ query: { organization: await ours.garage() } })] } },
  'POST /v2/users': {
    answers: {
      201: [
        async (ours) => ({
          body: {
            givenName: 'Ada',
            familyName: 'Lovelace',
            email: newEmail(),
            password: 'correct horse',
            avatar: 'https://example.com/ada.png',
            rate: 5,
            meta: { team: 'a' },
            organizations: [{ organization: await ours.garage(), role: 'agent', selected: true }],
          },
        }),
        async (ours) => ({ body: { organizations: [{ organization: await ours.garage(), role: 'bot' }] } }),
      ],
    },
  },
  'GET /v2/users/{id}': {
    answers: {
      200: [
        user,
        async (ours) => {
          const { id, token } = await ours.user();
          return { params: { id }, token };
        },
      ],
    },
  },
  'PATCH /v2/users/{id}': {
    answers: {
      200: [change({ name: 'Renamed', meta: null }), change({ email: 'moved@example.com', status: 'inactive' })],
    },
  },
  'DELETE /v2/users/{id}': { answers: { 204: [user] } },
  'GET /v2/users/{id}/tokens': { answers: { 200: [user] } },
  'POST /v2/users/{id}/tokens': {
    answers: { 201: [async (ours, world) => ({ ...(await user(ours, world)), body: { name: 'CRM', scope: 'bot' } })] },
  },
  'DELETE /v2/users/{id}/tokens': { answers: { 204: [user] } },
  'DELETE /v2/users/{id}/tokens/{token}': {
    answers: {
      204: [
        async (ours) => {
          const { id, keptToken } = await ours.user();
          return { params: { id, token: keptToken } };
        },
      ],
    },
  },
  'POST /v2/users/{id}/otp': {
    answers: {
      201: [
        async (ours) => {
          const { id, token } = await ours.user();
          return { params: { id }, token };
        },
      ],
    },
  },
  'POST /v2/users/{id}/otp/confirm': {
    answers: {
      204: [
        async (ours) => {
          const { id, token, code } = await ours.beginner();
          return { params: { id }, token, body: { code } };
        },
      ],
    },
  },
  'DELETE /v2/users/{id}/otp': {
    answers: {
      204: [
        user,
        async (ours) => {
          const { id, token, code } = await ours.beginner();
          return { params: { id }, token, query: { code } };
        },
      ],
    },
  },
};
