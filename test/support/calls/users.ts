import type { Call, Calls } from './call.ts';

const user: Call = async (ours) => ({ params: { id: (await ours.user()).id } });

export const USER_CALLS: Calls = {
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
