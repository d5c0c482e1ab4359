import * as z from 'zod';
import { KeptMetaSchema, ObjectIdSchema, optional, Text } from './conversation-request.ts';

const name = Text(256)
  .refine((given) => given.trim() !== '', 'must not be empty')
  .meta({ description: 'What it is called.' });

/** In a PATCH `null` clears. */
const fields = {
  subscribers: z
    .array(ObjectIdSchema.transform((id) => id.toLowerCase()))
    .max(500)
    .transform((ids) => [...new Set(ids)])
    .nullish()
    .meta({ description: 'Ids of the users who answer there; everybody if absent.' }),
  meta: KeptMetaSchema.nullish().meta({ description: 'Your own values.' }),
};

/** Body of `POST /v2/channels`. */
export const CreateChannelSchema = z.object({
  organization: optional(ObjectIdSchema).meta({ description: "Whose it is; the token's organization if absent." }),
  name,
  ...fields,
});
export type ChannelDraft = Omit<z.infer<typeof CreateChannelSchema>, 'organization'>;

/** Body of `PATCH /v2/channels/{id}`: what it names is replaced whole, `null` clears, all else stays. */
export const PatchChannelSchema = z.object({
  organization: optional(ObjectIdSchema).meta({ description: 'Cannot be another than it is.' }),
  name: name.optional(),
  ...fields,
});
export type PatchChannel = z.infer<typeof PatchChannelSchema>;
