import type { Call, Calls } from './call.ts';

const message: Call = async (ours) => ({ params: { id: (await ours.conversation()).messages[0] } });

export const MESSAGE_CALLS: Calls = {
  'GET /v2/messages': {
    answers: { 200: [async (ours) => ({ query: { conversation: (await ours.conversation()).id } })] },
  },
  'GET /v2/conversations/{id}/messages': {
    answers: { 200: [async (ours) => ({ params: { id: (await ours.conversation()).id } })] },
  },
  'GET /v2/messages/{id}': { answers: { 200: [message] } },
  'PATCH /v2/messages/{id}': {
    answers: { 200: [async (ours, world) => ({ ...(await message(ours, world)), body: { delay: 60_000 } })] },
  },
  'DELETE /v2/messages/{id}': { answers: { 204: [message] } },
};
