import type { Fields } from '../../../shared/lists/fields.ts';

/** What contacts are filtered by. */
export const CONTACT_FIELDS = {
  id: 'text',
  conversation: 'text',
  organization: 'text',
  orgPath: 'text',
  'profile.name': 'text',
  'profile.givenName': 'text',
  'profile.familyName': 'text',
  'profile.email': 'text',
  'profile.telephone': 'text',
  'profile.whatsappId': 'text',
  'profile.locale': 'text',
  'profile.timeZone': 'text',
  'profile.address.*': 'text',
  'meta.*': 'text',
  createdAt: 'date',
  updatedAt: 'date',
} as const satisfies Fields;
