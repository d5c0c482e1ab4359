import { parseListQuery, parseShown } from '../../../shared/contracts/list-query.ts';
import { ChangeServiceSchema, CreateServiceSchema } from '../../../shared/contracts/service-request.ts';
import { jsonResponse, parseRequest } from '../../../shared/http/errors.ts';
import { idIn } from '../../../shared/http/route.ts';
import { listInMemory } from '../../../shared/lists/list-in-memory.ts';
import { listedOrganization } from '../../../shared/lists/listed-organization.ts';
import { nextLink } from '../../../shared/lists/next-link.ts';
import { showOne } from '../../../shared/lists/show.ts';
import { serviceView } from '../../../shared/views/service-view.ts';
import type { AdminRoute, Handle } from '../route.ts';
import { givenUpView, listMissed, replay } from './given-up.ts';
import { madeServiceView } from './made-service-view.ts';
import { SERVICE_FIELDS } from './service-fields.ts';
import { changeService, createService, deleteService, listOwn, readService } from './services.ts';

const list: Handle = async (parts, { request }, caller) => {
  const { organization, rest: query } = listedOrganization(parseListQuery(request.rawQuery), caller);
  const found = await listOwn(parts, caller, organization);
  const views = found.map(({ service, orgPath }) => serviceView(service, orgPath));
  return listInMemory(parts.publicUrl, request, { query, fields: SERVICE_FIELDS, views, caller });
};

const read: Handle = async (parts, { request, params }, caller) => {
  const { service, orgPath } = await readService(parts, caller, idIn(params, 'Service'));
  const showing = { shown: parseShown(request.rawQuery), references: {}, caller };
  return jsonResponse(200, await showOne(serviceView(service, orgPath), showing));
};

const create: Handle = async (parts, { json }, caller) => {
  const { organization, ...draft } = parseRequest(CreateServiceSchema, json);
  const owner = organization?.toLowerCase() ?? caller.organization;
  return jsonResponse(201, madeServiceView(await createService(parts, caller, owner, draft)));
};

const change: Handle = async (parts, { json, params }, caller) => {
  const changes = parseRequest(ChangeServiceSchema, json);
  const { service, orgPath } = await changeService(parts, caller, idIn(params, 'Service'), changes);
  return jsonResponse(200, serviceView(service, orgPath));
};

const remove: Handle = async (parts, { params }, caller) => {
  await deleteService(parts, caller, idIn(params, 'Service'));
  return { statusCode: 204 };
};

const listDeliveries: Handle = async (parts, { request, params }, caller) => {
  const query = parseListQuery(request.rawQuery);
  const { missed, next } = await listMissed(parts, caller, idIn(params, 'Service'), query);
  const link = next === undefined ? {} : nextLink(parts.publicUrl, request, { cursor: next });
  return jsonResponse(200, missed.map(givenUpView), link);
};

const replayDeliveries: Handle = async (parts, { params }, caller) =>
  jsonResponse(202, await replay(parts, caller, idIn(params, 'Service')));

/** What carries messages, and what is told of events (contract sections 9 and 10). */
export const SERVICE_ROUTES: readonly AdminRoute[] = [
  { method: 'GET', path: '/v2/services', scope: 'admin', handle: list },
  { method: 'POST', path: '/v2/services', scope: 'admin', body: true, handle: create },
  { method: 'GET', path: '/v2/services/:id', scope: 'admin', handle: read },
  { method: 'PATCH', path: '/v2/services/:id', scope: 'admin', body: true, handle: change },
  { method: 'DELETE', path: '/v2/services/:id', scope: 'admin', handle: remove },
  { method: 'GET', path: '/v2/services/:id/deliveries', scope: 'admin', handle: listDeliveries },
  { method: 'POST', path: '/v2/services/:id/replay', scope: 'admin', handle: replayDeliveries },
];
