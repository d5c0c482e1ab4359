import { readFileSync } from 'node:fs';
import * as z from 'zod';
import {
  ChannelSchema,
  OrganizationSchema,
  ServiceSchema,
  TemplateSchema,
  TimeZoneSchema,
  UserSchema,
} from '../../../shared/contracts/configuration.ts';
import { CONVERSATION_STATUSES } from '../../../shared/domain/conversation.ts';
import { TOUCHPOINTS } from '../../../shared/domain/touchpoint.ts';

const id = z.string().min(1).max(64);

const ProfileSchema = z.object({
  name: z.string().optional(),
  givenName: z.string().optional(),
  familyName: z.string().optional(),
  email: z.string().optional(),
  telephone: z.string().optional(),
  locale: z.string().optional(),
  timeZone: TimeZoneSchema.optional(),
});

const SeedSchema = z.object({
  organizations: z.array(OrganizationSchema).default([]),
  users: z.array(UserSchema.extend({ password: z.string().optional() })).default([]),
  services: z.array(ServiceSchema).default([]),
  channels: z.array(ChannelSchema).default([]),
  watemplates: z.array(TemplateSchema).default([]),
  contacts: z
    .array(z.object({ id, organization: id, conversation: id.optional(), profile: ProfileSchema }))
    .default([]),
  conversations: z
    .array(
      z.object({
        id,
        organization: id,
        contact: id.optional(),
        name: z.string().optional(),
        slug: z.string().optional(),
        status: z.enum(CONVERSATION_STATUSES).default('queued'),
        touchpoint: z.enum(TOUCHPOINTS).optional(),
        language: z.string().optional(),
      }),
    )
    .default([]),
});
export type Seed = z.infer<typeof SeedSchema>;

/** Reads a seed file. Throws one sentence that says what is wrong with it, and where. */
export function readSeed(file: string): Seed {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`The seed file ${file} cannot be read as JSON: ${(error as Error).message}`);
  }
  const seed = SeedSchema.safeParse(parsed);
  if (seed.success) return seed.data;
  const [issue] = seed.error.issues;
  throw new Error(`The seed file ${file} is not valid: ${issue?.path.join('.')}: ${issue?.message}.`);
}
