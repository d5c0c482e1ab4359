import type { References } from '../../../shared/lists/populate.ts';

/** There are no forms: what categories name stays as it is, for clients that always ask for it. */
export const ORGANIZATION_REFERENCES: References = {
  'categories.forms': { scope: 'bot', load: async () => new Map() },
};
