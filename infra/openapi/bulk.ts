import * as z from 'zod';
import { APPEND_EXAMPLE, START_EXAMPLES } from '../../functions/api/conversations/examples.ts';
import {
  AppendByIdSchema,
  BulkItemSchema,
  MAX_BULK_ITEMS,
  StartConversationSchema,
} from '../../shared/contracts/conversation-request.ts';
import { BulkViewSchema } from '../../shared/contracts/views/bulk.ts';
import type { Operation } from '../../shared/http/operation.ts';

/** Function `bulk` serves it, and `api` the rest: what it says of itself stands here, where both are seen. */
export const BULK_OPERATION: Operation = {
  summary: 'Start many conversations',
  description: `Each item is a body of \`POST /v2/conversations\`, and is accepted or refused by itself. Items for one person, by the
same email, telephone or \`id\`, go in the order of the array. With a \`clientId\` an item has its effect once within 24
hours, however often it is sent. Items without one have theirs once by their place in a request with \`Idempotency-Key\`.
What was not reached within 25 s is refused as \`not_reached\`: send the same request again. The body may have 5 MB.`,
  headers: ['Idempotency-Key'],
  body: z
    .array(
      z.union([StartConversationSchema.extend(BulkItemSchema.shape), AppendByIdSchema.extend(BulkItemSchema.shape)]),
    )
    .min(1)
    .max(MAX_BULK_ITEMS),
  examples: {
    'A start and an append': [
      { clientId: 'order-1001', ...(START_EXAMPLES['By email'] as object) },
      { clientId: 'order-1002', ...APPEND_EXAMPLE },
    ],
  },
  answers: {
    200: {
      description: 'What became of each item, also where all were refused.',
      schema: BulkViewSchema,
      example: {
        results: [
          {
            index: 0,
            clientId: 'order-1001',
            status: 'created',
            conversation: '6b02c454e3faac151028b108',
            contact: '6b02c454e3faac151028b109',
            messages: ['6b02c454e3faac151028b10a'],
          },
          {
            index: 1,
            clientId: 'order-1002',
            status: 'refused',
            error: { code: 'not_found', message: 'Conversation not found', details: [] },
          },
        ],
        created: 1,
        appended: 0,
        repeated: 0,
        refused: 1,
      },
    },
  },
  errors: ['invalid_request'],
};
