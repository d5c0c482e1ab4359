import type { Call, Calls } from './call.ts';

const organization: Call = async (ours) => ({ params: { id: await ours.garage() } });
const change =
  (body: object): Call =>
  async (ours, world) => ({ ...(await organization(ours, world)), body });

const draft = {
  name: 'Garage Johnson',
  displayName: 'Johnson',
  email: 'info@example.com',
  url: 'https://example.com',
  logo: 'https://example.com/logo.png',
  industry: 'Cars',
  country: 'NL',
  language: 'nl',
  stopwords: ['klaar'],
  categories: [{ name: 'Sales', forms: ['f1'] }, 'Service'],
  commands: ['sms'],
  tags: ['dealer'],
  meta: { crm: 17 },
  settings: { quietHours: { start: '21:00', end: '08:00' }, frequencyCaps: [{ messages: 1, perHours: 24 }] },
};

export const ORGANIZATION_CALLS: Calls = {
  'GET /v2/organizations': {
    answers: {
      200: [
        async (ours) => ({ query: { id: await ours.garage() } }),
        () => ({ query: { populate: 'categories.forms', sort: '-name', limit: '2' } }),
      ],
    },
    open: 'Everybody lists what their token reaches; test/api/organizations.test.ts shows that this is all.',
  },
  'POST /v2/organizations': {
    answers: {
      201: [
        async (ours) => ({ body: { ...draft, parent: await ours.garage() } }),
        async (ours) => ({ body: { name: 'Plain', parent: await ours.garage() } }),
      ],
    },
  },
  'GET /v2/organizations/{id}': { answers: { 200: [organization] } },
  'PATCH /v2/organizations/{id}': { answers: { 200: [change(draft), change({ meta: null, settings: null })] } },
  'DELETE /v2/organizations/{id}': { answers: { 204: [organization] } },
};
