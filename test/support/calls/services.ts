import type { Call, Calls } from './call.ts';

const service: Call = async (ours) => ({ params: { id: (await ours.service()).id } });

export const webhookOf = (organization: string) => ({
  organization,
  name: 'Our bot',
  type: 'webhook',
  params: { url: 'https://bot.example.com/hook', events: ['message.create.*.*'] },
  meta: { team: 'a' },
});

export const SERVICE_CALLS: Calls = {
  'GET /v2/services': {
    answers: {
      200: [
        async (ours) => {
          const { organization } = await ours.service();
          return { query: { organization } };
        },
      ],
    },
  },
  'POST /v2/services': {
    answers: {
      201: [
        async (ours) => ({ body: webhookOf(await ours.garage()) }),
        async (ours) => ({
          body: { organization: await ours.garage(), type: 'ses', params: { from: 'us@example.com' } },
        }),
      ],
    },
  },
  'GET /v2/services/{id}': { answers: { 200: [service] } },
  'PATCH /v2/services/{id}': {
    answers: { 200: [async (ours, world) => ({ ...(await service(ours, world)), body: { status: 'active' } })] },
  },
  'DELETE /v2/services/{id}': { answers: { 204: [service] } },
  'GET /v2/services/{id}/deliveries': { answers: { 200: [service] } },
  'POST /v2/services/{id}/replay': { answers: { 202: [service] } },
};
