import type { Fields } from '../../../shared/lists/fields.ts';

/** What messages are filtered by. */
export const MESSAGE_FIELDS = {
  id: 'text',
  organization: 'text',
  orgPath: 'text',
  conversation: 'text',
  type: 'text',
  role: 'text',
  user: 'text',
  touchpoint: 'text',
  text: 'text',
  contentType: 'text',
  isBackchannel: 'boolean',
  clientId: 'text',
  'meta.*': 'text',
  'delivery.status': 'text',
  'delivery.provider': 'text',
  'delivery.providerId': 'text',
  'delivery.error.code': 'text',
  createdAt: 'date',
  updatedAt: 'date',
} as const satisfies Fields;
