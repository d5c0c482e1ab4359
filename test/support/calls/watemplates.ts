import type { Call, Calls } from './call.ts';

const ofGarage: Call = async (ours) => ({ query: { organization: await ours.garage() } });
const template: Call = async (ours) => ({ params: { id: (await ours.template()).id } });

let made = 0;
/** A template that nobody made yet. */
export const templateDraft = (organization: string) => ({
  organization,
  name: `ready_${++made}`,
  language: 'nl',
  category: 'UTILITY',
  components: [{ type: 'BODY', text: 'Klaar, {{1}}!', example: { body_text: [['John']] } }],
});

export const WATEMPLATE_CALLS: Calls = {
  'GET /v2/watemplates': {
    answers: {
      200: [
        async (ours) => {
          const { organization } = await ours.template();
          return { query: { organization } };
        },
      ],
    },
  },
  'POST /v2/watemplates': { answers: { 201: [async (ours) => ({ body: templateDraft(await ours.garage()) })] } },
  'POST /v2/watemplates/sync': { answers: { 200: [ofGarage] } },
  'GET /v2/watemplates/{id}': { answers: { 200: [template] } },
  'PATCH /v2/watemplates/{id}': {
    answers: {
      200: [async (ours, world) => ({ ...(await template(ours, world)), body: { text: 'Helemaal klaar!' } })],
    },
  },
  'DELETE /v2/watemplates/{id}': { answers: { 204: [template] } },
};
