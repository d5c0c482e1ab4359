import { OPERATIONS as ADMIN_OPERATIONS } from '../../functions/admin/operations.ts';
import { ROUTES as ADMIN_ROUTES } from '../../functions/admin/routes.ts';
import { OPERATIONS as API_OPERATIONS } from '../../functions/api/operations.ts';
import { ROUTES as API_ROUTES } from '../../functions/api/routes.ts';
import { BULK_ROUTE } from '../../functions/bulk/serve.ts';
import type { Operations } from '../../shared/http/operation.ts';
import type { ServedRoute } from '../../shared/http/route.ts';
import { BULK_OPERATION } from './bulk.ts';

/** A row of a route table, without what handles it. */
export type DescribedRoute = Pick<ServedRoute<never>, 'method' | 'path' | 'scope' | 'body'>;

/** Every route of the API, whichever function serves it. */
export const ROUTES: readonly DescribedRoute[] = [...API_ROUTES, ...ADMIN_ROUTES, BULK_ROUTE];

export const OPERATIONS: Operations = {
  ...API_OPERATIONS,
  ...ADMIN_OPERATIONS,
  [`${BULK_ROUTE.method} ${BULK_ROUTE.path}`]: BULK_OPERATION,
};
