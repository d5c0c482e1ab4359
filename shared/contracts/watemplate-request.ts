import * as z from 'zod';
import { isStorable, ObjectIdSchema } from './conversation-request.ts';

const MAX_DEPTH = 10;

/** Whether the table can hold it as it is. */
function isStorableJson(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value === 'number') return isStorable(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth === MAX_DEPTH) return false;
  return Object.entries(value).every(
    ([name, inner]) => name !== '' && name.isWellFormed() && isStorableJson(inner, depth + 1),
  );
}

const optional = <T extends z.ZodType>(schema: T) => z.nullish(schema).transform((value) => value ?? undefined);

const decided = (by: string) => z.undefined({ error: `cannot be set: ${by}` }).optional();

const content = {
  category: optional(z.enum(['MARKETING', 'UTILITY', 'AUTHENTICATION'])),
  /** As Meta takes them, with examples for their places. */
  components: optional(
    z
      .array(z.looseObject({ type: z.string().min(1).max(64) }))
      .min(1)
      .max(20)
      .refine((value) => isStorableJson(value), 'holds a number, a name or a depth that cannot be kept'),
  ),
  /** The body alone, in short. */
  text: optional(z.string().min(1).max(1024)),
  parameter_format: optional(z.enum(['POSITIONAL', 'NAMED'])),
  status: decided('Meta decides about it'),
};

/** Body of `POST /v2/watemplates`. */
export const CreateTemplateSchema = z.object({
  organization: optional(ObjectIdSchema),
  name: z.string().regex(/^[a-z0-9_]{1,512}$/, 'must be made of small letters, digits and underscores'),
  language: z.string().regex(/^[a-z]{2,3}(_[A-Za-z]{2,4})?$/, 'must be a language of Meta, such as nl or pt_BR'),
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
export const SyncTemplatesSchema = z.object({ organization: optional(ObjectIdSchema) });
