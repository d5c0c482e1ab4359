import * as z from 'zod';
import { MoveMessageSchema } from '../../../shared/contracts/conversation-request.ts';
import { MessageViewSchema } from '../../../shared/contracts/views/messages.ts';
import { pageParameters, shownParameters } from '../lists/list-parameters.ts';
import type { Operations } from '../operation.ts';
import { MESSAGE_FIELDS } from './message-fields.ts';

const query = pageParameters(MESSAGE_FIELDS, ['conversation'], 'createdAt');

const MESSAGES = { schema: z.array(MessageViewSchema), headers: ['Link'] } as const;

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
  'GET /v2/messages/:id': {
    summary: 'Read a message',
    description: '`delivery` says how far it has come, and why it failed.',
    query: shownParameters(['conversation']),
    answers: { 200: { description: 'The message.', schema: MessageViewSchema } },
    errors: ['invalid_request', 'not_found'],
  },
  'PATCH /v2/messages/:id': {
    summary: 'Give a waiting message another moment',
    description: 'Counted from now. Nothing else of a message changes.',
    body: MoveMessageSchema,
    examples: { 'In a minute': { delay: 60_000 } },
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
