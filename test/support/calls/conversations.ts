import { emailMessage, startRequest } from '../api-requests.ts';
import type { Call, Calls } from './call.ts';

const start: Call = () => ({ body: startRequest() });
const dryRun =
  (call: Call): Call =>
  async (ours, world) => ({ ...(await call(ours, world)), query: { dryRun: 'true' } });
const appendById: Call = async (ours) => ({
  body: { id: (await ours.conversation()).id, messages: [emailMessage()] },
});
const append =
  (body: unknown): Call =>
  async (ours) => ({ params: { id: (await ours.conversation()).id }, body });

export const CONVERSATION_CALLS: Calls = {
  'POST /v2/conversations': { answers: { 200: [appendById, dryRun(appendById), dryRun(start)], 201: [start] } },
  'GET /v2/conversations/{id}': {
    answers: { 200: [async (ours) => ({ params: { id: (await ours.conversation()).id } })] },
  },
  'POST /v2/conversations/{id}/messages': {
    answers: {
      200: [dryRun(append(emailMessage()))],
      201: [append(emailMessage()), append([emailMessage(), { text: '/leave', type: 'command', delay: 3000 }])],
    },
  },
};
