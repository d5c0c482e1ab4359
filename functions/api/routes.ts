import { CONTACT_ROUTES } from './contacts/routes.ts';
import { CONVERSATION_ROUTES } from './conversations/routes.ts';
import { MESSAGE_ROUTES } from './messages/routes.ts';
import type { ApiRoute } from './route.ts';

/** Every route of the function, with the scope a token needs for it (contract section 1). */
export const ROUTES: readonly ApiRoute[] = [...CONVERSATION_ROUTES, ...MESSAGE_ROUTES, ...CONTACT_ROUTES];
