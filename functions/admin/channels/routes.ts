import { CreateChannelSchema, PatchChannelSchema } from '../../../shared/contracts/channel-request.ts';
import { parseListQuery, parseShown } from '../../../shared/contracts/list-query.ts';
import { jsonResponse, parseRequest } from '../../../shared/http/errors.ts';
import { idIn } from '../../../shared/http/route.ts';
import { listInMemory } from '../../../shared/lists/list-in-memory.ts';
import { listedOrganization } from '../../../shared/lists/listed-organization.ts';
import { showOne } from '../../../shared/lists/show.ts';
import { channelView } from '../../../shared/views/channel-view.ts';
import type { AdminRoute, Handle } from '../route.ts';
import { CHANNEL_FIELDS } from './channel-fields.ts';
import { changeChannel, createChannel, deleteChannel, listChannels, readChannel } from './channels.ts';

const list: Handle = async (parts, { request }, caller) => {
  const { organization, rest: query } = listedOrganization(parseListQuery(request.rawQuery), caller);
  const found = await listChannels(parts, caller, organization);
  const views = found.map(({ channel, orgPath }) => channelView(channel, orgPath));
  return listInMemory(parts.publicUrl, request, { query, fields: CHANNEL_FIELDS, views, caller });
};

const read: Handle = async (parts, { request, params }, caller) => {
  const { channel, orgPath } = await readChannel(parts, caller, idIn(params, 'Channel'));
  const showing = { shown: parseShown(request.rawQuery), references: {}, caller };
  return jsonResponse(200, await showOne(channelView(channel, orgPath), showing));
};

const create: Handle = async (parts, { json }, caller) => {
  const { organization, ...draft } = parseRequest(CreateChannelSchema, json);
  const owner = organization?.toLowerCase() ?? caller.organization;
  const { channel, orgPath } = await createChannel(parts, caller, owner, draft);
  return jsonResponse(201, channelView(channel, orgPath));
};

const change: Handle = async (parts, { json, params }, caller) => {
  const changes = parseRequest(PatchChannelSchema, json);
  const { channel, orgPath } = await changeChannel(parts, caller, idIn(params, 'Channel'), changes);
  return jsonResponse(200, channelView(channel, orgPath));
};

const remove: Handle = async (parts, { params }, caller) => {
  await deleteChannel(parts, caller, idIn(params, 'Channel'));
  return { statusCode: 204 };
};

/** Shared inboxes (contract section 6). */
export const CHANNEL_ROUTES: readonly AdminRoute[] = [
  { method: 'GET', path: '/v2/channels', scope: 'agent', handle: list },
  { method: 'POST', path: '/v2/channels', scope: 'admin', body: true, handle: create },
  { method: 'GET', path: '/v2/channels/:id', scope: 'agent', handle: read },
  { method: 'PATCH', path: '/v2/channels/:id', scope: 'admin', body: true, handle: change },
  { method: 'DELETE', path: '/v2/channels/:id', scope: 'admin', handle: remove },
];
