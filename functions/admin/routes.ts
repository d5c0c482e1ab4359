import { AUTH_ROUTES } from './auth/routes.ts';
import { CHANNEL_ROUTES } from './channels/routes.ts';
import { ORGANIZATION_ROUTES } from './organizations/routes.ts';
import type { AdminRoute } from './route.ts';
import { SERVICE_ROUTES } from './services/routes.ts';
import { USER_ROUTES } from './users/routes.ts';
import { WATEMPLATE_ROUTES } from './watemplates/routes.ts';

/** Every route of the function, with the scope a token needs for it (contract section 1); the pages need none. */
export const ROUTES: readonly AdminRoute[] = [
  ...AUTH_ROUTES,
  ...ORGANIZATION_ROUTES,
  ...CHANNEL_ROUTES,
  ...SERVICE_ROUTES,
  ...USER_ROUTES,
  ...WATEMPLATE_ROUTES,
];
