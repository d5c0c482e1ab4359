import { parseListQuery, parseShown } from '../../../shared/contracts/list-query.ts';
import { CreateOrganizationSchema, PatchOrganizationSchema } from '../../../shared/contracts/organization-request.ts';
import { jsonResponse, parseRequest } from '../../../shared/http/errors.ts';
import { idIn } from '../../../shared/http/route.ts';
import { listInMemory } from '../../../shared/lists/list-in-memory.ts';
import { showOne } from '../../../shared/lists/show.ts';
import { organizationView } from '../../../shared/views/organization-view.ts';
import type { AdminRoute, Handle } from '../route.ts';
import { deleteOrganization } from './delete-organization.ts';
import { listOrganizations } from './list-organizations.ts';
import { ORGANIZATION_FIELDS } from './organization-fields.ts';
import { ORGANIZATION_REFERENCES } from './organization-references.ts';
import { changeOrganization, createOrganization, readOrganization } from './organizations.ts';

const list: Handle = async (parts, { request }, caller) => {
  const query = parseListQuery(request.rawQuery);
  const views = (await listOrganizations(parts, caller, query.filters)).map(organizationView);
  const references = ORGANIZATION_REFERENCES;
  return listInMemory(parts.publicUrl, request, { query, fields: ORGANIZATION_FIELDS, views, references, caller });
};

const read: Handle = async (parts, { request, params }, caller) => {
  const organization = await readOrganization(parts, caller, idIn(params, 'Organization'));
  const showing = { shown: parseShown(request.rawQuery), references: ORGANIZATION_REFERENCES, caller };
  return jsonResponse(200, await showOne(organizationView(organization), showing));
};

const create: Handle = async (parts, { json }, caller) => {
  const { parent, ...draft } = parseRequest(CreateOrganizationSchema, json);
  const above = parent?.toLowerCase() ?? caller.organization;
  return jsonResponse(201, organizationView(await createOrganization(parts, caller, above, draft)));
};

const change: Handle = async (parts, { json, params }, caller) => {
  const changes = parseRequest(PatchOrganizationSchema, json);
  return jsonResponse(
    200,
    organizationView(await changeOrganization(parts, caller, idIn(params, 'Organization'), changes)),
  );
};

const remove: Handle = async (parts, { params }, caller) => {
  await deleteOrganization(parts, caller, idIn(params, 'Organization'));
  return { statusCode: 204 };
};

/** The tree of organizations (contract section 1). */
export const ORGANIZATION_ROUTES: readonly AdminRoute[] = [
  { method: 'GET', path: '/v2/organizations', scope: 'bot', handle: list },
  { method: 'POST', path: '/v2/organizations', scope: 'admin', body: true, handle: create },
  { method: 'GET', path: '/v2/organizations/:id', scope: 'bot', handle: read },
  { method: 'PATCH', path: '/v2/organizations/:id', scope: 'admin', body: true, handle: change },
  { method: 'DELETE', path: '/v2/organizations/:id', scope: 'admin', handle: remove },
];
