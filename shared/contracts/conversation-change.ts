import * as z from 'zod';
import { CONVERSATION_STATUSES } from '../domain/conversation.ts';
import { TOUCHPOINTS } from '../domain/touchpoint.ts';
import { KeptMetaSchema, Text } from './conversation-request.ts';

/**
 * Body of `PATCH /v2/conversations/{id}`: what it names is replaced, `null` clears, all else stays. Fields that are not
 * to be changed this way are ignored.
 */
export const PatchConversationSchema = z.object({
  name: Text(256)
    .refine((name) => name.trim() !== '', 'must not be empty')
    .optional()
    .meta({ description: 'Its name.' }),
  status: z
    .enum(CONVERSATION_STATUSES)
    .optional()
    .meta({ description: 'As by `/accept`, `/notify`, or everybody’s `/leave`.' }),
  touchpoint: z
    .enum(TOUCHPOINTS)
    .optional()
    .meta({ description: 'In force from now on; the contact must be reachable by it.' }),
  category: Text(128).nullish().meta({ description: 'What it is about.' }),
  categoryIndex: z.int().min(0).max(9).nullish().meta({ description: 'Which slot of categories it takes.' }),
  language: Text(35).nullish().meta({ description: 'Language of its templates.' }),
  meta: KeptMetaSchema.nullish().meta({ description: 'Flat keys and values; replaced whole.' }),
  tags: z.array(Text(128)).max(50).nullish().meta({ description: 'Words it is filed under; replaced whole.' }),
});
export type PatchConversation = z.infer<typeof PatchConversationSchema>;
