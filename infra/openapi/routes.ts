import type { Operations } from '../../functions/api/operation.ts';
import { OPERATIONS as API_OPERATIONS } from '../../functions/api/operations.ts';
import type { ApiRoute } from '../../functions/api/route.ts';
import { ROUTES as API_ROUTES } from '../../functions/api/routes.ts';
import { BULK_ROUTE } from '../../functions/bulk/serve.ts';
import { BULK_OPERATION } from './bulk.ts';

/** A row of a route table, without what handles it. */
export type DescribedRoute = Pick<ApiRoute, 'method' | 'path' | 'scope' | 'body'>;

/** Every route of the API, whichever function serves it. */
export const ROUTES: readonly DescribedRoute[] = [...API_ROUTES, BULK_ROUTE];

export const OPERATIONS: Operations = {
  ...API_OPERATIONS,
  [`${BULK_ROUTE.method} ${BULK_ROUTE.path}`]: BULK_OPERATION,
};
