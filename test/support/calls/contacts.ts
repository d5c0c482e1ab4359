import type { Call, Calls } from './call.ts';

const contact: Call = async (ours) => ({ params: { id: (await ours.conversation()).contact } });
const consent =
  (body?: object): Call =>
  async (ours) => ({
    params: { id: (await ours.conversation()).contact, touchpoint: 'email' },
    ...(body && { body }),
  });

export const CONTACT_CALLS: Calls = {
  'GET /v2/contacts/{id}': { answers: { 200: [contact] } },
  'DELETE /v2/contacts/{id}': { answers: { 200: [contact] } },
  'GET /v2/contacts/{id}/consent': { answers: { 200: [contact] } },
  'PUT /v2/contacts/{id}/consent/{touchpoint}': {
    answers: { 200: [consent({ status: 'opted_out' }), consent({ status: 'opted_in', purpose: 'marketing' })] },
  },
  'DELETE /v2/contacts/{id}/consent/{touchpoint}': { answers: { 200: [consent()] } },
};
