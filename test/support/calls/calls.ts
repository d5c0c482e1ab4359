import { AUTH_CALLS } from './auth.ts';
import type { Calls } from './call.ts';
import { CHANNEL_CALLS } from './channels.ts';
import { CONTACT_CALLS } from './contacts.ts';
import { CONVERSATION_CALLS } from './conversations.ts';
import { MESSAGE_CALLS } from './messages.ts';
import { ORGANIZATION_CALLS } from './organizations.ts';
import { SERVICE_CALLS } from './services.ts';
import { USER_CALLS } from './users.ts';
import { WATEMPLATE_CALLS } from './watemplates.ts';

/** How every operation of the OpenAPI document is called: what is answered, who may, and what it bears is tested by it. */
export const CALLS: Calls = {
  ...AUTH_CALLS,
  ...CONVERSATION_CALLS,
  ...MESSAGE_CALLS,
  ...CONTACT_CALLS,
  ...WATEMPLATE_CALLS,
  ...SERVICE_CALLS,
  ...ORGANIZATION_CALLS,
  ...CHANNEL_CALLS,
  ...USER_CALLS,
};
