import type { Fields } from '../../../shared/lists/fields.ts';

/** What channels are filtered and sorted by. */
export const CHANNEL_FIELDS = {
  id: 'text',
  name: 'text',
  orgPath: 'text',
  subscribers: 'text',
  'meta.*': 'text',
  createdAt: 'date',
  updatedAt: 'date',
} as const satisfies Fields;
