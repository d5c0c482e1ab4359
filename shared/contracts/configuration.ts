import * as z from 'zod';
import { PURPOSES } from '../domain/purpose.ts';
import type { ServiceType } from '../domain/services.ts';
import { isTimeZone } from '../domain/time-zone.ts';
import { TOUCHPOINTS } from '../domain/touchpoint.ts';
import { WaTemplateSchema } from '../domain/wa-template.ts';

/** Shapes of what an organization is configured with, as the API shows them and as they are stored. */

const id = z.string().min(1).max(64);

export const TIME_ZONE_WANTED = 'must be a time zone of the IANA database, like Europe/Amsterdam';
export const TimeZoneSchema = z.string().refine(isTimeZone, TIME_ZONE_WANTED);
const TimeOfDaySchema = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day like 21:00');

/** Names of events in parts, with `*` for one and `**` for any number of them. */
export const EventPatternSchema = z
  .string()
  .max(64)
  .regex(/^(\*{1,2}|[a-z]+)(\.(\*{1,2}|[a-z]+))*$/, 'must be a pattern of events like message.create.*.*');

/** Which messages a rule is about; without touchpoints, those by any. */
const concern = {
  touchpoints: z.array(z.enum(TOUCHPOINTS)).min(1).optional().meta({ description: 'By which; any if absent.' }),
  purposes: z.array(z.enum(PURPOSES)).min(1).default(['marketing']).meta({ description: 'For what.' }),
};

const QuietHoursSchema = z
  .object({
    start: TimeOfDaySchema.meta({ description: 'HH:MM.' }),
    end: TimeOfDaySchema.meta({ description: 'HH:MM, the next day if it is before the start.' }),
    timeZone: TimeZoneSchema.default('UTC').meta({ description: 'Where nothing tells that of the contact.' }),
    ...concern,
  })
  .refine(({ start, end }) => start !== end, { path: ['end'], message: 'must differ from the start' });

/** 30 days at most: the messages of that time are read before each send. */
const FrequencyCapSchema = z.object({
  messages: z.int().positive().meta({ description: 'How many at most.' }),
  perHours: z.int().positive().max(720).meta({ description: 'Within how many hours.' }),
  ...concern,
});

/** Each is a whole message. */
const ConsentWordsSchema = z.array(z.string().min(1).max(64)).max(100).optional();

export const OrganizationSchema = z.object({
  id,
  name: z.string(),
  /** Ids from the root down, joined by `#`; derived from `parent` where a seed leaves it out. */
  path: z.string().optional(),
  parent: id.optional(),
  status: z.string().default('active'),
  /** ISO 3166-1 alpha-2: reads national telephone numbers. */
  country: z.string().length(2).optional(),
  /** Default language of templates. */
  language: z.string().optional(),
  settings: z
    .object({
      identifierConflict: z
        .enum(['touchpoint', 'reject'])
        .default('touchpoint')
        .meta({ description: 'What becomes of a request whose identifiers belong to two contacts.' }),
      emailSubject: z
        .string()
        .max(512)
        .optional()
        .meta({ description: 'Subject of emails whose message gives none in `meta.subject`.' }),
      resendUnknownWhatsapp: z
        .boolean()
        .default(false)
        .meta({ description: 'Send a WhatsApp message again when nobody can tell whether it was sent.' }),
      stopWords: ConsentWordsSchema.meta({ description: 'Words of your languages that end consent.' }),
      startWords: ConsentWordsSchema.meta({ description: 'Words of your languages that renew it.' }),
      quietHours: QuietHoursSchema.optional().meta({ description: "When messages wait, by the contact's clock." }),
      events: z
        .array(EventPatternSchema)
        .max(100)
        .optional()
        .meta({ description: 'Which events go to the event bus of the installation, of those below it too.' }),
      ingestUser: id.optional().meta({
        description: 'As whom events and uploads act that name nobody: a user of the organization, or of one above it.',
      }),
      frequencyCaps: z
        .array(FrequencyCapSchema)
        .max(3)
        .optional()
        .meta({ description: 'How many messages a contact gets at most.' }),
    })
    .prefault({}),
  displayName: z.string().optional(),
  email: z.string().optional(),
  url: z.string().optional(),
  logo: z.string().optional(),
  industry: z.string().optional(),
  stopwords: z.array(z.string()).optional(),
  categories: z.array(z.unknown()).optional(),
  commands: z.array(z.unknown()).optional(),
  tags: z.array(z.string()).optional(),
  meta: z.record(z.string(), z.unknown()).optional(),
  /** Epoch milliseconds. */
  createdAt: z.number().optional(),
  updatedAt: z.number().optional(),
  /** Nobody finds it from then on: it is being deleted. */
  closedAt: z.number().optional(),
});
export type Organization = z.infer<typeof OrganizationSchema>;

export const SERVICE_STATUSES = ['unverified', 'active', 'disabled'] as const;

export const SERVICE_TYPES = [
  'ses',
  'twilio',
  'whatsapp',
  'aws-sms',
  'aws-social',
  'sunshine',
] as const satisfies readonly ServiceType[];
export const ServiceSchema = z.object({
  id,
  organization: id,
  name: z.string().default(''),
  type: z.enum(SERVICE_TYPES),
  status: z.enum(SERVICE_STATUSES).default('active'),
  /** `secret` names the entry of Secrets Manager that holds the credentials; they are never stored here. */
  params: z.record(z.string(), z.string()).default({}),
  meta: z.record(z.string(), z.unknown()).optional(),
  /** Epoch milliseconds. */
  createdAt: z.number().optional(),
  updatedAt: z.number().optional(),
});
export type Service = z.infer<typeof ServiceSchema>;

/** A service that is told of events, as stored: its secrets are sealed (decision 0015). */
export const WebhookSchema = z.object({
  id,
  organization: id,
  name: z.string().default(''),
  type: z.literal('webhook'),
  status: z.enum(SERVICE_STATUSES),
  /** Why it is disabled, where it was not by its owner. */
  reason: z.literal('failing').optional(),
  /** Without user and password: those are sealed. */
  url: z.string(),
  /** Patterns of events; absent: all. */
  events: z.array(z.string()).optional(),
  sealed: z.string(),
  meta: z.record(z.string(), z.unknown()).optional(),
  /** Epoch milliseconds. */
  createdAt: z.number(),
  updatedAt: z.number(),
});
export type Webhook = z.infer<typeof WebhookSchema>;

export const ChannelSchema = z.object({
  id,
  organization: id,
  name: z.string().default(''),
  /** Users who answer there; everybody where it is left out. */
  subscribers: z.array(id).optional(),
  meta: z.record(z.string(), z.unknown()).optional(),
  /** Epoch milliseconds. */
  createdAt: z.number().optional(),
  updatedAt: z.number().optional(),
});
export type Channel = z.infer<typeof ChannelSchema>;

export const TemplateSchema = z.intersection(
  WaTemplateSchema,
  z.object({
    organization: id,
    /** Meta's own id, and the account that it is kept in there. */
    providerId: z.string().optional(),
    businessAccountId: z.string().optional(),
    /** Epoch milliseconds. */
    createdAt: z.number().optional(),
    updatedAt: z.number().optional(),
  }),
);
export type Template = z.infer<typeof TemplateSchema>;

/** Ascending: each may what those before it may. */
export const USER_ROLES = ['guest', 'agent', 'bot', 'admin'] as const;
const OLD_ROLES = { viewer: 'guest', owner: 'admin' } as const;
/** A role by its name; old names of the reference product stand for what they are called today. */
export const RoleSchema = z
  .enum([...USER_ROLES, 'viewer', 'owner'])
  .transform((name) => (name === 'viewer' || name === 'owner' ? OLD_ROLES[name] : name));

export const UserSchema = z.object({
  id,
  name: z.string().optional(),
  givenName: z.string().optional(),
  familyName: z.string().optional(),
  email: z.string().optional(),
  avatar: z.string().optional(),
  status: z.string().default('active'),
  /** Requests per second that each token of the user may make. */
  rate: z.number().positive().optional(),
  meta: z.record(z.string(), z.unknown()).optional(),
  /** Epoch milliseconds. */
  createdAt: z.number().optional(),
  updatedAt: z.number().optional(),
  organizations: z
    .array(
      z.object({
        organization: id,
        orgPath: z.string().optional(),
        role: RoleSchema.default('agent'),
        selected: z.boolean().optional(),
      }),
    )
    .min(1),
});
export type User = z.infer<typeof UserSchema>;
