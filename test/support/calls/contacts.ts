import { newEmail } from '../api-requests.ts';
import { ORGANIZATION } from '../api-seed.ts';
import type { Call, Calls } from './call.ts';

const contact: Call = async (ours) => ({ params: { id: (await ours.conversation()).contact } });
const consent =
  (body?: object): Call =>
  async (ours) => ({
    params: { id: (await ours.conversation()).contact, touchpoint: 'email' },
    ...(body && { body }),
  });

const upsert = (email: string) => ({ body: { organization: ORGANIZATION.shop, profile: { email } } });
const change =
  (body: object): Call =>
  async (ours, world) => ({ ...(await contact(ours, world)), body });

export const CONTACT_CALLS: Calls = {
  'GET /v2/contacts': {
    answers: {
      200: [
        async (ours) => ({ query: { id: (await ours.conversation()).contact } }),
        async (ours) => ({
          query: { organization: ORGANIZATION.shop, 'profile.email': (await ours.conversation()).email },
        }),
        async (ours) => ({ query: { organization: await ours.garage() } }),
      ],
    },
  },
  'GET /v2/contacts/{id}': { answers: { 200: [contact] } },
  'POST /v2/contacts': {
    answers: { 200: [async (ours) => upsert((await ours.conversation()).email)], 201: [() => upsert(newEmail())] },
  },
  'PATCH /v2/contacts/{id}': {
    answers: { 200: [change({ meta: { plan: 'gold' } }), change({ profile: { email: 'another@example.com' } })] },
  },
  'DELETE /v2/contacts/{id}': { answers: { 200: [contact] } },
  'GET /v2/contacts/{id}/consent': { answers: { 200: [contact] } },
  'PUT /v2/contacts/{id}/consent/{touchpoint}': {
    answers: { 200: [consent({ status: 'opted_out' }), consent({ status: 'opted_in', purpose: 'marketing' })] },
  },
  'DELETE /v2/contacts/{id}/consent/{touchpoint}': { answers: { 200: [consent()] } },
};
