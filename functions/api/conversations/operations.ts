import * as z from 'zod';
import { PatchConversationSchema } from '../../../shared/contracts/conversation-change.ts';
import {
  AppendByIdSchema,
  AppendMessagesSchema,
  MessageRequestSchema,
  StartConversationSchema,
  TeamConversationSchema,
} from '../../../shared/contracts/conversation-request.ts';
import { ConversationViewSchema, DryRunViewSchema } from '../../../shared/contracts/views/conversations.ts';
import { MessageViewSchema } from '../../../shared/contracts/views/messages.ts';
import type { ErrorCode } from '../../../shared/domain/errors.ts';
import type { Operations } from '../../../shared/http/operation.ts';
import { pageParameters, shownParameters } from '../../../shared/lists/list-parameters.ts';
import { CONVERSATION_FIELDS } from './conversation-fields.ts';
import { APPEND_EXAMPLE, START_EXAMPLES, STARTED_EXAMPLE } from './examples.ts';

const dryRun = z
  .enum(['true', 'false'])
  .optional()
  .meta({ description: 'With `true` the request is answered 200 with what it would do, and does nothing.' });

const MESSAGES = `Messages are processed in the order of the array. Role \`agent\` speaks to the contact; the default role \`bot\`
speaks to agents and is never delivered. The first message to a contact needs a \`touchpoint\`, later ones go out by the
one in force.

| \`meta\` | |
| --- | --- |
| \`template\`, \`language\` | WhatsApp template, and its language |
| \`parameters\`, \`header\`, \`buttons\` | what fills the template |
| \`fallbackTemplate\`, \`fallbackParameters\` | template that goes instead of the text when the contact's 24 hours are over |
| \`subject\` | subject of an email |
| \`SenderID\` | sender of an SMS |
| \`purpose\` | \`marketing\` or \`transactional\` (the default) |
| \`users\`, \`channels\`, \`organizations\` | of the commands \`/assign\` and \`/notify\` |`;

const REFUSALS: readonly ErrorCode[] = [
  'invalid_request',
  'touchpoint_required',
  'touchpoint_unavailable',
  'unknown_template',
  'template_required',
  'not_found',
  'idempotency_key_reused',
  'overloaded',
];

export const CONVERSATION_OPERATIONS: Operations = {
  'GET /v2/conversations': {
    summary: 'List conversations',
    description:
      'Of a user (`participants.user`), of a channel (`channels`), or else of an organization; or those of some `id`s or ' +
      '`contact`s. Other filters narrow them down; `meta.*` takes one of the others beside it.',
    query: pageParameters(CONVERSATION_FIELDS, ['contact'], 'createdAt'),
    answers: {
      200: {
        description: 'Conversations without their messages, newest first unless asked otherwise.',
        schema: z.array(ConversationViewSchema),
        headers: ['Link', 'X-Total-Count'],
      },
    },
    errors: ['invalid_request', 'not_found'],
  },
  'POST /v2/conversations': {
    summary: 'Start a conversation, or add to the one there is',
    description:
      'Finds the contact by email or telephone, or creates them, and adds the messages to their one conversation. With ' +
      `\`id\` it adds to that conversation, whoever the contact is. Without a contact and with another \`type\`, or none, it starts a conversation among users, in which nothing goes out.\n\n${MESSAGES}`,
    query: z.object({ dryRun }),
    headers: ['Idempotency-Key'],
    body: z.union([StartConversationSchema, AppendByIdSchema, TeamConversationSchema]),
    examples: START_EXAMPLES,
    answers: {
      200: {
        description: 'The contact was known, or the conversation was named: the messages are added. Or a dry run.',
        schema: z.union([ConversationViewSchema, DryRunViewSchema]),
        headers: ['Idempotency-Replayed', 'X-Identifier-Conflict'],
      },
      201: {
        description: 'The contact is new, and the conversation too; or it is one among users.',
        schema: ConversationViewSchema,
        headers: ['Idempotency-Replayed'],
        example: STARTED_EXAMPLE,
      },
    },
    errors: [...REFUSALS, 'outbound_message_required', 'identifier_required', 'identifier_conflict'],
  },
  'GET /v2/conversations/:id': {
    summary: 'Read a conversation',
    query: shownParameters(['messages', 'contact']),
    answers: {
      200: {
        description: 'The conversation, with its newest 100 messages. `Link` leads to those before them.',
        schema: ConversationViewSchema,
        headers: ['Link'],
        example: STARTED_EXAMPLE,
      },
    },
    errors: ['invalid_request', 'not_found'],
  },
  'PATCH /v2/conversations/:id': {
    summary: 'Change a conversation',
    description:
      'What is named is replaced whole, `null` clears, all else stays; other fields are ignored. A status is given as by ' +
      "the command of the token's user: `active` accepts, `queued` notifies, `closed` sends everybody away.",
    body: PatchConversationSchema,
    examples: { 'A category': { category: 'Sales', categoryIndex: 2, meta: { intent: 'buy' } } },
    answers: {
      200: { description: 'The conversation as it is now, without its messages.', schema: ConversationViewSchema },
    },
    errors: ['invalid_request', 'touchpoint_unavailable', 'not_found', 'overloaded'],
  },
  'DELETE /v2/conversations/:id': {
    summary: 'Delete a conversation',
    description:
      'With the contact, whose only one it is: see `DELETE /v2/contacts/{id}`. Repeat it when it is answered 503.',
    answers: { 204: { description: 'It is deleted.' } },
    errors: ['not_found', 'overloaded'],
  },
  'POST /v2/conversations/:id/messages': {
    summary: 'Add messages to a conversation',
    description: `One message or an array of them.\n\n${MESSAGES}`,
    query: z.object({ dryRun }),
    headers: ['Idempotency-Key'],
    body: z.union([MessageRequestSchema, AppendMessagesSchema]),
    examples: { 'One email': APPEND_EXAMPLE.messages[0], 'An array': APPEND_EXAMPLE.messages },
    answers: {
      200: { description: 'A dry run.', schema: DryRunViewSchema, headers: ['Idempotency-Replayed'] },
      201: {
        description: 'The message for a message, an array for an array.',
        schema: z.union([MessageViewSchema, z.array(MessageViewSchema)]),
        headers: ['Idempotency-Replayed'],
      },
    },
    errors: REFUSALS,
  },
};
