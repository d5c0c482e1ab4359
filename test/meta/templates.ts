/** The templates of the runs, as Meta lists them: with none to three places, by position and by name. */
export const TEMPLATES = [
  { name: 'plain', components: [{ type: 'BODY', text: 'Uw auto is klaar.' }] },
  { name: 'one', components: [{ type: 'BODY', text: 'Bericht: {{1}}' }] },
  { name: 'two', components: [{ type: 'BODY', text: 'Beste {{name}}, tot {{time}}.' }] },
  {
    name: 'three',
    components: [
      { type: 'HEADER', format: 'TEXT', text: 'Afspraak {{1}}' },
      { type: 'BODY', text: '{{1}} verwacht u op {{2}} om {{3}}.' },
      { type: 'BUTTONS', buttons: [{ type: 'URL', text: 'Zie', url: 'https://garage.example/{{1}}' }] },
    ],
  },
].map((template) => ({ ...template, language: 'nl', status: 'APPROVED', category: 'UTILITY' }));

/** What fills them in. */
export const METAS = [
  { template: 'plain' },
  { template: 'one', parameters: ['tot straks'] },
  { template: 'two', parameters: { name: 'John', time: '10:00' } },
  { template: 'three', parameters: ['De garage', 'maandag', 10], header: 'maandag', buttons: ['a1'] },
] as const;
