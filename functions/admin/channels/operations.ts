import * as z from 'zod';
import { CreateChannelSchema, PatchChannelSchema } from '../../../shared/contracts/channel-request.ts';
import { ChannelViewSchema } from '../../../shared/contracts/views/channels.ts';
import type { Operations } from '../../../shared/http/operation.ts';
import { listParameters, shownParameters } from '../../../shared/lists/list-parameters.ts';
import { CHANNEL_FIELDS } from './channel-fields.ts';

const channel = { description: 'The channel.', schema: ChannelViewSchema };

export const CHANNEL_OPERATIONS: Operations = {
  'GET /v2/channels': {
    summary: 'List channels',
    query: listParameters({ organization: 'text', ...CHANNEL_FIELDS }),
    answers: {
      200: {
        description: 'The channels of one organization.',
        schema: z.array(ChannelViewSchema),
        headers: ['Link', 'X-Total-Count'],
      },
    },
    errors: ['invalid_request', 'not_found'],
  },
  'POST /v2/channels': {
    summary: 'Make a channel',
    description: 'Conversations of the organization and of those below it that wait for an agent are announced there.',
    body: CreateChannelSchema,
    examples: { 'Front desk': { name: 'Front desk', subscribers: ['aaa000000000000000000111'] } },
    answers: { 201: channel },
    errors: ['invalid_request', 'not_found'],
  },
  'GET /v2/channels/:id': {
    summary: 'Read a channel',
    query: shownParameters(),
    answers: { 200: channel },
    errors: ['invalid_request', 'not_found'],
  },
  'PATCH /v2/channels/:id': {
    summary: 'Change a channel',
    body: PatchChannelSchema,
    examples: { 'For everybody': { subscribers: null } },
    answers: { 200: channel },
    errors: ['invalid_request', 'not_found'],
  },
  'DELETE /v2/channels/:id': {
    summary: 'Delete a channel',
    description: 'Conversations keep its id until somebody accepts them.',
    answers: { 204: { description: 'It is gone.' } },
    errors: ['not_found'],
  },
};
