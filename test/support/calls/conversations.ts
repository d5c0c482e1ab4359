import { emailMessage, startRequest } from '../api-requests.ts';
import { ORGANIZATION, USER } from '../api-seed.ts';
import type { Call, CallRequest, Calls } from './call.ts';

const start: Call = () => ({ body: startRequest() });
const startTeam: Call = () => ({
  body: { organization: ORGANIZATION.shop, type: 'agent', name: 'Shift', messages: [{ text: 'Our secret.' }] },
});
const appendById: Call = async (ours) => ({
  body: { id: (await ours.conversation()).id, messages: [emailMessage()] },
});
const bulk = ({ body }: CallRequest): CallRequest => ({ body: [body] });
const ofOne =
  (body?: object): Call =>
  async (ours) => ({ params: { id: (await ours.conversation()).id }, body });
const dryRun =
  (call: Call): Call =>
  async (ours, world) => ({ ...(await call(ours, world)), query: { dryRun: 'true' } });

export const CONVERSATION_CALLS: Calls = {
  'POST /v2/conversations': {
    answers: { 200: [appendById, dryRun(appendById), dryRun(start)], 201: [start, startTeam] },
  },
  'GET /v2/conversations': {
    answers: {
      200: [
        async (ours) => ({ query: { id: (await ours.conversation()).id } }),
        async (ours) => ({ query: { organization: await ours.garage() } }),
        async () => ({ query: { 'participants.user': USER.agent } }),
      ],
    },
  },
  'POST /v2/conversations/bulk': {
    answers: { 200: [() => ({ body: [startRequest()] }), async (ours, world) => bulk(await appendById(ours, world))] },
  },
  'GET /v2/conversations/{id}': { answers: { 200: [ofOne()] } },
  'PATCH /v2/conversations/{id}': {
    answers: { 200: [ofOne({ name: 'Order 17', tags: ['late'] }), ofOne({ status: 'closed' })] },
  },
  'DELETE /v2/conversations/{id}': { answers: { 204: [ofOne()] } },
  'POST /v2/conversations/{id}/messages': {
    answers: {
      200: [dryRun(ofOne(emailMessage()))],
      201: [ofOne(emailMessage()), ofOne([emailMessage(), { text: '/leave', type: 'command', delay: 3000 }])],
    },
  },
};
