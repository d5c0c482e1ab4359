import type { Fields } from '../../../shared/lists/fields.ts';

/** What users are filtered and sorted by. */
export const USER_FIELDS = {
  id: 'text',
  name: 'text',
  givenName: 'text',
  familyName: 'text',
  email: 'text',
  status: 'text',
  'organizations.organization': 'text',
  'organizations.role': 'text',
  'organizations.orgPath': 'text',
  'meta.*': 'text',
  createdAt: 'date',
  updatedAt: 'date',
} as const satisfies Fields;
