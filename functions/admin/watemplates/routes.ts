import type { Caller } from '../../../shared/auth/caller.ts';
import { parseListQuery, parseShown } from '../../../shared/contracts/list-query.ts';
import {
  ChangeTemplateSchema,
  CreateTemplateSchema,
  SyncTemplatesSchema,
} from '../../../shared/contracts/watemplate-request.ts';
import { jsonResponse, parseRequest } from '../../../shared/http/errors.ts';
import { idIn } from '../../../shared/http/route.ts';
import { listInMemory } from '../../../shared/lists/list-in-memory.ts';
import { listedOrganization } from '../../../shared/lists/listed-organization.ts';
import { showOne } from '../../../shared/lists/show.ts';
import { templateView } from '../../../shared/views/watemplate-view.ts';
import type { AdminRoute, Handle } from '../route.ts';
import { syncTemplates } from './sync-watemplates.ts';
import { TEMPLATE_FIELDS } from './watemplate-fields.ts';
import { changeTemplate, createTemplate, deleteTemplate, listTemplates, readTemplate } from './watemplates.ts';

const organizationOf = (organization: string | undefined, caller: Caller): string =>
  organization?.toLowerCase() ?? caller.organization;

const list: Handle = async (parts, { request }, caller) => {
  const { organization, rest: query } = listedOrganization(parseListQuery(request.rawQuery), caller);
  const found = await listTemplates(parts, caller, organization);
  const views = found.map(({ template, orgPath }) => templateView(template, orgPath));
  return listInMemory(parts.publicUrl, request, { query, fields: TEMPLATE_FIELDS, views, caller });
};

const read: Handle = async (parts, { request, params }, caller) => {
  const { template, orgPath } = await readTemplate(parts, caller, idIn(params, 'Template'));
  const showing = { shown: parseShown(request.rawQuery), references: {}, caller };
  return jsonResponse(200, await showOne(templateView(template, orgPath), showing));
};

const create: Handle = async (parts, { json }, caller) => {
  const { organization, ...draft } = parseRequest(CreateTemplateSchema, json);
  const { template, orgPath } = await createTemplate(parts, caller, organizationOf(organization, caller), draft);
  return jsonResponse(201, templateView(template, orgPath));
};

const change: Handle = async (parts, { json, params }, caller) => {
  const changes = parseRequest(ChangeTemplateSchema, json);
  const { template, orgPath } = await changeTemplate(parts, caller, idIn(params, 'Template'), changes);
  return jsonResponse(200, templateView(template, orgPath));
};

const remove: Handle = async (parts, { params }, caller) => {
  await deleteTemplate(parts, caller, idIn(params, 'Template'));
  return { statusCode: 204 };
};

const sync: Handle = async (parts, { request }, caller) => {
  const { organization } = parseRequest(SyncTemplatesSchema, request.query);
  return jsonResponse(200, await syncTemplates(parts, caller, organizationOf(organization, caller)));
};

/** WhatsApp templates (contract section 7). */
export const WATEMPLATE_ROUTES: readonly AdminRoute[] = [
  { method: 'GET', path: '/v2/watemplates', scope: 'agent', handle: list },
  { method: 'POST', path: '/v2/watemplates', scope: 'admin', body: true, handle: create },
  { method: 'POST', path: '/v2/watemplates/sync', scope: 'admin', handle: sync },
  { method: 'GET', path: '/v2/watemplates/:id', scope: 'agent', handle: read },
  { method: 'PATCH', path: '/v2/watemplates/:id', scope: 'admin', body: true, handle: change },
  { method: 'DELETE', path: '/v2/watemplates/:id', scope: 'admin', handle: remove },
];
