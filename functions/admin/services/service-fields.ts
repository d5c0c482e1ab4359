import type { Fields } from '../../../shared/lists/fields.ts';

/** What services are filtered and sorted by. */
export const SERVICE_FIELDS = {
  id: 'text',
  name: 'text',
  type: 'text',
  status: 'text',
  orgPath: 'text',
  'meta.*': 'text',
  createdAt: 'date',
  updatedAt: 'date',
} as const satisfies Fields;
