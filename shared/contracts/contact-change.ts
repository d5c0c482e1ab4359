import * as z from 'zod';
import { KeptMetaSchema, ObjectIdSchema, ProfileRequestSchema } from './conversation-request.ts';

/** Body of `POST /v2/contacts`: finds or creates the person, with a conversation and without messages. */
export const ContactRequestSchema = z.object({
  organization: ObjectIdSchema.nullish().meta({ description: 'Whose contact it is; that of the token if absent.' }),
  profile: ProfileRequestSchema.meta({ description: 'With email or telephone, better both.' }),
  meta: KeptMetaSchema.nullish().meta({ description: 'Of a new contact: flat keys and values.' }),
});
export type ContactRequest = z.infer<typeof ContactRequestSchema>;

/** Body of `PATCH /v2/contacts/{id}`: what it names is replaced whole, `null` clears `meta`, all else stays. */
export const PatchContactSchema = z.object({
  profile: ProfileRequestSchema.optional().meta({
    description: 'Replaced whole: what it leaves out is removed. An email or a telephone must be left.',
  }),
  meta: KeptMetaSchema.nullish().meta({ description: 'Flat keys and values; replaced whole.' }),
});
export type PatchContact = z.infer<typeof PatchContactSchema>;
