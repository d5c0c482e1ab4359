import * as z from 'zod';
import { DelaySchema, MetaSchema, ObjectIdSchema } from './conversation-request.ts';

/** What `POST /v2/messages` needs beside the message: every message of a request goes to the same conversation. */
export const MessagesPlaceSchema = z.object({
  conversation: ObjectIdSchema.meta({ description: 'Where the message is added.' }),
});

/**
 * Body of `PATCH /v2/messages/{id}`: another moment, or other meta. Text and touchpoint stay as they were accepted: they
 * may be on their way.
 */
export const PatchMessageSchema = z
  .strictObject({
    delay: DelaySchema.optional().meta({ description: 'Milliseconds from now until it is due; while it waits.' }),
    meta: MetaSchema.nullish().meta({
      description: 'Flat keys and values, replaced whole; what steers how it is sent stays.',
    }),
  })
  .refine(({ delay, meta }) => (delay === undefined) !== (meta === undefined), {
    path: ['delay'],
    message: 'or meta is required, one of the two',
  });
