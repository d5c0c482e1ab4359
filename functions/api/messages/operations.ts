import { MoveMessageSchema } from '../../../shared/contracts/conversation-request.ts';
import { MessageViewSchema } from '../../../shared/contracts/views/messages.ts';
import type { Operations } from '../operation.ts';

export const MESSAGE_OPERATIONS: Operations = {
  'GET /v2/messages/:id': {
    summary: 'Read a message',
    description: '`delivery` says how far it has come, and why it failed.',
    answers: { 200: { description: 'The message.', schema: MessageViewSchema } },
    errors: ['not_found'],
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
