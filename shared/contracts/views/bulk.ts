import * as z from 'zod';
import { ErrorViewSchema } from './errors.ts';
import { idField, type View } from './fields.ts';

/** What became of each item of a bulk request. */
export const BulkViewSchema = z
  .object({
    results: z
      .array(
        z.object({
          index: z.int().meta({ description: 'Place of the item in the request, from 0.' }),
          clientId: z.string().optional().meta({ description: 'As the item had it.' }),
          status: z
            .enum(['created', 'appended', 'repeated', 'refused'])
            .meta({ description: '`repeated`: it was accepted before, and the ids are those of then.' }),
          conversation: idField('The conversation.').optional(),
          contact: idField('Who it is with.').optional(),
          messages: z
            .array(idField('A message.'))
            .optional()
            .meta({ description: 'Ids of the messages that the item added, in its order.' }),
          conflictingContact: idField('Another contact, who owns one of the identifiers given.').optional(),
          error: ErrorViewSchema.shape.error.optional().meta({ description: 'Why the item was refused.' }),
        }),
      )
      .meta({ description: 'One for each item, in the order of the request.' }),
    created: z.int().meta({ description: 'How many began a conversation.' }),
    appended: z.int().meta({ description: 'How many added to one.' }),
    repeated: z.int().meta({ description: 'How many were accepted before.' }),
    refused: z.int().meta({ description: 'How many were refused.' }),
  })
  .meta({ id: 'Bulk', description: 'What became of each item.' });
export type BulkView = View<typeof BulkViewSchema>;
