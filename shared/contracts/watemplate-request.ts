import * as z from 'zod';
import { ObjectIdSchema } from './conversation-request.ts';
import { isStorableJson } from './storable-json.ts';

const optional = <T extends z.ZodType>(schema: T) => z.nullish(schema).transform((value) => value ?? undefined);

const organization = optional(ObjectIdSchema).meta({ description: "Whose it is; the token's organization if absent." });

const decided = (by: string) =>
  z
    .undefined({ error: `cannot be set: ${by}` })
    .optional()
    .meta({ description: `Cannot be set: ${by}.` });

const content = {
  category: optional(z.enum(['MARKETING', 'UTILITY', 'AUTHENTICATION'])).meta({ description: "Meta's category." }),
  /** As Meta takes them, with examples for their places. */
  components: optional(
    z
      .array(
        z.looseObject({ type: z.string().min(1).max(64).meta({ description: 'HEADER, BODY, FOOTER or BUTTONS.' }) }),
      )
      .min(1)
      .max(20)
      .refine((value) => isStorableJson(value), 'holds a number, a name or a depth that cannot be kept'),
  ).meta({ description: 'Content in the words of Meta, with examples for its places.' }),
  /** The body alone, in short. */
  text: optional(
    z
      .string()
      .min(1)
      .max(1024)
      .refine((value) => value.isWellFormed(), 'holds half of a character'),
  ).meta({ description: 'Instead of `components`: the body alone.' }),
  parameter_format: optional(z.enum(['POSITIONAL', 'NAMED'])).meta({ description: 'How the places are named.' }),
  status: decided('Meta decides about it'),
};

/** Body of `POST /v2/watemplates`. */
export const CreateTemplateSchema = z.object({
  organization,
  name: z
    .string()
    .regex(/^[a-z0-9_]{1,512}$/, 'must be made of small letters, digits and underscores')
    .meta({ description: 'Its name, the same in each of its languages.' }),
  language: z
    .string()
    .regex(/^[a-z]{2,3}(_[A-Za-z]{2,4})?$/, 'must be a language of Meta, such as nl or pt_BR')
    .meta({ description: 'A language of Meta.' }),
  ...content,
});

/** Body of `PATCH /v2/watemplates/{id}`. */
export const ChangeTemplateSchema = z
  .object({
    ...content,
    name: decided('make another template'),
    language: decided('make another template'),
  })
  .refine(
    ({ category, components, text }) => category ?? components ?? text,
    'changes nothing: give components, text or category',
  );

/** Query of `POST /v2/watemplates/sync`. */
export const SyncTemplatesSchema = z.object({ organization });
