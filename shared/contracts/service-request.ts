import * as z from 'zod';
import { EventPatternSchema, SERVICE_TYPES } from './configuration.ts';
import { isStorable, ObjectIdSchema } from './conversation-request.ts';

const optional = <T extends z.ZodType>(schema: T) => z.nullish(schema).transform((value) => value ?? undefined);
const Text = (longest: number) =>
  z
    .string()
    .max(longest)
    .refine((value) => value.isWellFormed(), 'holds half of a character');

/** `params` of a service of type `webhook`. */
export const WebhookParamsSchema = z.object({
  url: Text(2048).min(1).meta({ description: 'Where events are sent: HTTPS, with user and password if wanted.' }),
  secret: optional(Text(256).min(1)).meta({ description: 'What they are signed with; made if absent.' }),
  events: optional(z.array(EventPatternSchema).max(100)).meta({ description: 'Which ones; all if absent.' }),
});

/** `params` of every other type: texts, and no nested values. */
export const ProviderParamsSchema = z.record(Text(128), Text(2048), { error: 'must be an object of texts' });

const name = Text(256);
const NAME = 'A name for people.';
const params = z.record(z.string(), z.unknown(), { error: 'must be an object' });
const PARAMS = 'Of a webhook `url`, `secret` and `events`; else what the type of service needs.';
const meta = optional(
  z.record(
    Text(128),
    z.union([Text(4096), z.number().refine(isStorable, 'is too large or too small'), z.boolean(), z.null()]),
    {
      error: 'must be an object of plain values',
    },
  ),
).meta({ description: 'Your own values.' });
const status = z.enum(['active', 'disabled']);

/** Body of `POST /v2/services`. */
export const CreateServiceSchema = z.object({
  organization: optional(ObjectIdSchema).meta({ description: "Whose it is; the token's organization if absent." }),
  name: optional(name)
    .transform((given) => given ?? '')
    .meta({ description: NAME }),
  type: z.enum([...SERVICE_TYPES, 'webhook']).meta({ description: 'What it is a service of.' }),
  params: optional(params)
    .transform((given) => given ?? {})
    .meta({ description: PARAMS }),
  meta,
});

/** Body of `PATCH /v2/services/{id}`: `params` and `meta` are replaced as a whole. */
export const ChangeServiceSchema = z.object({
  name: optional(name).meta({ description: NAME }),
  status: optional(status).meta({ description: 'A webhook becomes active by answering its challenge.' }),
  params: optional(params).meta({ description: PARAMS }),
  meta,
});
export type ChangeService = z.infer<typeof ChangeServiceSchema>;
