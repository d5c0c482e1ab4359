import type { Fields } from '../../../shared/lists/fields.ts';

/** What is known of an organization by its place in the tree alone. */
export const PLACE_FIELDS = {
  id: 'text',
  parent: 'text',
  path: 'text',
  level: 'number',
} as const satisfies Fields;

/** What organizations are filtered and sorted by. */
export const ORGANIZATION_FIELDS = {
  ...PLACE_FIELDS,
  name: 'text',
  displayName: 'text',
  email: 'text',
  country: 'text',
  language: 'text',
  industry: 'text',
  status: 'text',
  tags: 'text',
  'meta.*': 'text',
  createdAt: 'date',
  updatedAt: 'date',
} as const satisfies Fields;
