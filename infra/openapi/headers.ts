import * as z from 'zod';
import { IdempotencyKeySchema, ObjectIdSchema } from '../../shared/contracts/conversation-request.ts';
import type { AnswerHeader, RequestHeader } from '../../shared/http/operation.ts';

export const REQUEST_HEADERS: Readonly<Record<RequestHeader, z.ZodType>> = {
  'Idempotency-Key': IdempotencyKeySchema.optional().meta({
    description: 'The same request again within 24 hours is answered as it was first, and has no other effect.',
  }),
};

export const ANSWER_HEADERS: Readonly<Record<AnswerHeader, z.ZodType>> = {
  'Idempotency-Replayed': z
    .literal('true')
    .optional()
    .meta({ description: 'The request was answered before; this is that answer.' }),
  'X-Identifier-Conflict': ObjectIdSchema.optional().meta({
    description: 'Another contact, who owns one of the identifiers given.',
  }),
  'X-Total-Count': z
    .string()
    .regex(/^\d+$/)
    .optional()
    .meta({ description: 'How many there are in all, where that is cheap to count.' }),
  Link: z.string().optional().meta({ description: '`<address>; rel="next"`: the next page, if there is one.' }),
};

export const RETRY_AFTER = z.string().regex(/^\d+$/).meta({ description: 'Seconds to wait before repeating it.' });
