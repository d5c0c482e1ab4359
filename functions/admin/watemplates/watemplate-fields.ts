import type { Fields } from '../../../shared/lists/fields.ts';

/** What templates are filtered and sorted by. */
export const TEMPLATE_FIELDS = {
  id: 'text',
  name: 'text',
  language: 'text',
  status: 'text',
  category: 'text',
  parameter_format: 'text',
  orgPath: 'text',
  createdAt: 'date',
  updatedAt: 'date',
} as const satisfies Fields;
