import type { Operations } from '../../shared/http/operation.ts';
import { AUTH_OPERATIONS } from './auth/operations.ts';
import { CHANNEL_OPERATIONS } from './channels/operations.ts';
import { ORGANIZATION_OPERATIONS } from './organizations/operations.ts';
import { SERVICE_OPERATIONS } from './services/operations.ts';
import { USER_OPERATIONS } from './users/operations.ts';
import { WATEMPLATE_OPERATIONS } from './watemplates/operations.ts';

/** What the OpenAPI document says of every route; a test holds it to the route table. */
export const OPERATIONS: Operations = {
  ...AUTH_OPERATIONS,
  ...ORGANIZATION_OPERATIONS,
  ...CHANNEL_OPERATIONS,
  ...SERVICE_OPERATIONS,
  ...USER_OPERATIONS,
  ...WATEMPLATE_OPERATIONS,
};
