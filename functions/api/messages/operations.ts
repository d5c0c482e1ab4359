import * as z from 'zod';
import { MessageRequestSchema } from '../../../shared/contracts/conversation-request.ts';
import { MessagesPlaceSchema, PatchMessageSchema } from '../../../shared/contracts/message-change.ts';
import { DryRunViewSchema } from '../../../shared/contracts/views/conversations.ts';
import { MessageViewSchema } from '../../../shared/contracts/views/messages.ts';
import type { Operations } from '../../../shared/http/operation.ts';
import { pageParameters, shownParameters } from '../../../shared/lists/list-parameters.ts';
import { MESSAGE_FIELDS } from './message-fields.ts';

const query = pageParameters(MESSAGE_FIELDS, ['conversation'], 'createdAt');

const MESSAGES = { schema: z.array(MessageViewSchema), headers: ['Link'] } as const;

const PlacedMessageSchema = z.intersection(MessageRequestSchema, MessagesPlaceSchema);

export const MESSAGE_OPERATIONS: Operations = {
  'GET /v2/messages': {
    summary: 'List messages',
    description: 'Those of one `conversation`, or those of one or several `id`s; other filters narrow them down.',
    query,
    answers: {
      200: {
        description: 'Messages of a conversation by when they are due, oldest first unless asked otherwise.',
        ...MESSAGES,
        headers: ['Link', 'X-Total-Count'],
      },
    },
    errors: ['invalid_request', 'not_found'],
  },
  'GET /v2/conversations/:id/messages': {
    summary: 'List the messages of a conversation',
    query,
    answers: {
      200: { description: 'Messages by when they are due, oldest first unless asked otherwise.', ...MESSAGES },
    },
    errors: ['invalid_request', 'not_found'],
  },
  'POST /v2/messages': {
    summary: 'Add messages to the conversation that they name',
    description: 'One message or an array of them, as `POST /v2/conversations/{id}/messages`.',
    query: z.object({
      dryRun: z
        .enum(['true', 'false'])
        .optional()
        .meta({ description: 'With `true` the request is answered 200 with what it would do, and does nothing.' }),
    }),
    headers: ['Idempotency-Key'],
    body: z.union([PlacedMessageSchema, z.array(PlacedMessageSchema)]),
    examples: {
      'One email': {
        conversation: '66c3ed372a33131f1b4ba1b8',
        text: 'Hey there!',
        touchpoint: 'email',
        role: 'agent',
      },
    },
    answers: {
      200: { description: 'A dry run.', schema: DryRunViewSchema, headers: ['Idempotency-Replayed'] },
      201: {
        description: 'The message for a message, an array for an array.',
        schema: z.union([MessageViewSchema, z.array(MessageViewSchema)]),
        headers: ['Idempotency-Replayed'],
      },
    },
    errors: [
      'invalid_request',
      'touchpoint_required',
      'touchpoint_unavailable',
      'unknown_template',
      'template_required',
      'not_found',
      'idempotency_key_reused',
      'overloaded',
    ],
  },
  'GET /v2/messages/:id': {
    summary: 'Read a message',
    description: '`delivery` says how far it has come, and why it failed.',
    query: shownParameters(['conversation']),
    answers: { 200: { description: 'The message.', schema: MessageViewSchema } },
    errors: ['invalid_request', 'not_found'],
  },
  'PATCH /v2/messages/:id': {
    summary: 'Give a waiting message another moment, or a message other meta',
    description:
      'A moment counts from now. Meta is replaced whole, of sent messages too; its keys that steer how the message is sent ' +
      'stay as they were accepted.',
    body: PatchMessageSchema,
    examples: { 'In a minute': { delay: 60_000 }, 'Other meta': { meta: { hidden: true } } },
    answers: { 200: { description: 'The message at its new moment.', schema: MessageViewSchema } },
    errors: ['invalid_request', 'not_found', 'message_not_pending', 'overloaded'],
  },
  'DELETE /v2/messages/:id': {
    summary: 'Withdraw a waiting message',
    description: 'Once it is answered, the message is never sent.',
    answers: { 204: { description: 'It is withdrawn.' } },
    errors: ['not_found', 'message_not_pending', 'overloaded'],
  },
};
