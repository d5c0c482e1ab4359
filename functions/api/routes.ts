import { AUTH_ROUTES } from './auth/routes.ts';
import { CHANNEL_ROUTES } from './channels/routes.ts';
import { CONTACT_ROUTES } from './contacts/routes.ts';
import { CONVERSATION_ROUTES } from './conversations/routes.ts';
import { MESSAGE_ROUTES } from './messages/routes.ts';
import { ORGANIZATION_ROUTES } from './organizations/routes.ts';
import type { ApiRoute } from './route.ts';
import { SERVICE_ROUTES } from './services/routes.ts';
import { USER_ROUTES } from './users/routes.ts';
import { WATEMPLATE_ROUTES } from './watemplates/routes.ts';

/** Every route of the function, with the scope a token needs for it (contract section 1). */
export const ROUTES: readonly ApiRoute[] = [
  ...AUTH_ROUTES,
  ...CONVERSATION_ROUTES,
  ...MESSAGE_ROUTES,
  ...CONTACT_ROUTES,
  ...ORGANIZATION_ROUTES,
  ...CHANNEL_ROUTES,
  ...SERVICE_ROUTES,
  ...USER_ROUTES,
  ...WATEMPLATE_ROUTES,
];
