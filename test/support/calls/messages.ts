import { emailMessage } from '../api-requests.ts';
import type { Call, Calls } from './call.ts';

const named =
  (dryRun: boolean): Call =>
  async (ours) => ({
    body: { ...emailMessage(), conversation: (await ours.conversation()).id },
    ...(dryRun && { query: { dryRun: 'true' } }),
  });
const message: Call = async (ours) => ({ params: { id: (await ours.conversation()).messages[0] } });

export const MESSAGE_CALLS: Calls = {
  'GET /v2/messages': {
    answers: { 200: [async (ours) => ({ query: { conversation: (await ours.conversation()).id } })] },
  },
  'GET /v2/conversations/{id}/messages': {
    answers: { 200: [async (ours) => ({ params: { id: (await ours.conversation()).id } })] },
  },
  'POST /v2/messages': { answers: { 200: [named(true)], 201: [named(false)] } },
  'GET /v2/messages/{id}': { answers: { 200: [message] } },
  'PATCH /v2/messages/{id}': {
    answers: { 200: [async (ours, world) => ({ ...(await message(ours, world)), body: { delay: 60_000 } })] },
  },
  'DELETE /v2/messages/{id}': { answers: { 204: [message] } },
};
