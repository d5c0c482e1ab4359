import { expect, it } from 'vitest';
import { ROUTES as ADMIN_ROUTES } from '../../functions/admin/routes.ts';
import { ROUTES as API_ROUTES } from '../../functions/api/routes.ts';

/** The scope that each route asks for (contract section 1, permissions): whoever changes one changes it here too. */
const SCOPES: Readonly<Record<string, readonly string[]>> = {
  none: ['POST /v2/auth/token'],
  guest: [
    'DELETE /v2/users/:id/otp',
    'DELETE /v2/users/:id/tokens',
    'GET /v2/conversations/:id',
    'GET /v2/conversations/:id/messages',
    'GET /v2/users/:id',
    'POST /v2/conversations/:id/messages',
    'POST /v2/messages',
    'POST /v2/users/:id/otp',
    'POST /v2/users/:id/otp/confirm',
  ],
  agent: [
    'DELETE /v2/messages/:id',
    'GET /v2/channels',
    'GET /v2/channels/:id',
    'GET /v2/contacts',
    'GET /v2/conversations',
    'GET /v2/watemplates',
    'GET /v2/watemplates/:id',
    'PATCH /v2/conversations/:id',
    'PATCH /v2/messages/:id',
    'POST /v2/contacts',
    'POST /v2/conversations',
  ],
  bot: [
    'DELETE /v2/contacts/:id/consent/:touchpoint',
    'GET /v2/contacts/:id',
    'GET /v2/contacts/:id/consent',
    'GET /v2/messages',
    'GET /v2/messages/:id',
    'GET /v2/organizations',
    'GET /v2/organizations/:id',
    'GET /v2/users',
    'PATCH /v2/contacts/:id',
    'PUT /v2/contacts/:id/consent/:touchpoint',
  ],
  admin: [
    'DELETE /v2/channels/:id',
    'DELETE /v2/contacts/:id',
    'DELETE /v2/conversations/:id',
    'DELETE /v2/organizations/:id',
    'DELETE /v2/services/:id',
    'DELETE /v2/users/:id',
    'DELETE /v2/users/:id/tokens/:token',
    'DELETE /v2/watemplates/:id',
    'GET /v2/services',
    'GET /v2/services/:id',
    'GET /v2/services/:id/deliveries',
    'GET /v2/users/:id/tokens',
    'PATCH /v2/channels/:id',
    'PATCH /v2/organizations/:id',
    'PATCH /v2/services/:id',
    'PATCH /v2/users/:id',
    'PATCH /v2/watemplates/:id',
    'POST /v2/channels',
    'POST /v2/organizations',
    'POST /v2/services',
    'POST /v2/services/:id/replay',
    'POST /v2/users',
    'POST /v2/users/:id/tokens',
    'POST /v2/watemplates',
    'POST /v2/watemplates/sync',
  ],
};

it('every route asks for the scope that the table has for it', () => {
  const asked = Object.groupBy([...API_ROUTES, ...ADMIN_ROUTES], ({ scope }) => scope);
  const table = Object.entries(asked).map(([scope, routes = []]) => [
    scope,
    routes.map(({ method, path }) => `${method} ${path}`).toSorted(),
  ]);
  expect(Object.fromEntries(table)).toEqual(SCOPES);
});
