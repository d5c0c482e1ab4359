import { USER } from '../api-seed.ts';
import type { Call, Calls } from './call.ts';

const channel: Call = async (ours) => ({ params: { id: (await ours.channel()).id } });
const change =
  (body: object): Call =>
  async (ours, world) => ({ ...(await channel(ours, world)), body });

export const CHANNEL_CALLS: Calls = {
  'GET /v2/channels': {
    answers: { 200: [async (ours) => ({ query: { organization: (await ours.channel()).organization } })] },
  },
  'POST /v2/channels': {
    answers: {
      201: [
        async (ours) => ({
          body: { organization: await ours.garage(), name: 'Our desk', subscribers: [USER.admin], meta: { floor: 1 } },
        }),
      ],
    },
  },
  'GET /v2/channels/{id}': { answers: { 200: [channel] } },
  'PATCH /v2/channels/{id}': {
    answers: { 200: [change({ name: 'Renamed' }), change({ subscribers: null, meta: null })] },
  },
  'DELETE /v2/channels/{id}': { answers: { 204: [channel] } },
};
