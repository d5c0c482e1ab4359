import * as z from 'zod';
import { TEAM_TYPES } from '../domain/conversation.ts';
import { MESSAGE_ROLES, MESSAGE_TYPES } from '../domain/message.ts';
import { isTimeZone } from '../domain/time-zone.ts';
import { TOUCHPOINTS } from '../domain/touchpoint.ts';
import { TIME_ZONE_WANTED } from './configuration.ts';

export const MAX_MESSAGES = 40;
/** 30 days, in milliseconds. */
export const MAX_DELAY_MS = 2_592_000_000;
export const IdempotencyKeySchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 visible ASCII characters without spaces');

/** UTF-8 bytes of a request's body. */
export const MAX_BODY_BYTES = 256 * 1024;
export const MAX_BULK_BYTES = 5 * 1024 * 1024;
export const MAX_BULK_ITEMS = 1_000;

export const ObjectIdSchema = z.string().regex(/^[0-9a-fA-F]{24}$/, 'must be an id of 24 hexadecimal digits');

export const Text = (longest: number) =>
  z
    .string()
    .max(longest)
    .refine((value) => value.isWellFormed(), 'holds half of a character');

/** Clients send `null` for what they leave out; it means the same. */
export const optional = <T extends z.ZodType>(schema: T) => z.nullish(schema).transform((value) => value ?? undefined);

/** DynamoDB keeps 38 digits, and no number nearer to nothing than this. */
export const isStorable = (value: number): boolean =>
  value === 0 || (Math.abs(value) <= Number.MAX_SAFE_INTEGER && Math.abs(value) >= 1e-130);
const Scalar = z.union([Text(4096), z.number().refine(isStorable, 'is too large or too small'), z.boolean(), z.null()]);
const Named = z.record(Text(128), Scalar);
/** Parameters of templates may be given by name. */
const NAMED_IN_META: ReadonlySet<string> = new Set(['parameters', 'fallbackParameters']);
/** Flat keys and values; a list of scalars is a value too (`parameters`, `users`, `channels`). */
export const MetaSchema = z
  .record(Text(128), z.union([Scalar, z.array(Scalar).max(100), Named]), { error: 'must be an object of plain values' })
  .superRefine((meta, context) => {
    for (const [key, value] of Object.entries(meta)) {
      const isNamed = typeof value === 'object' && value !== null && !Array.isArray(value);
      if (!isNamed || (NAMED_IN_META.has(key) && Object.keys(value).length <= 100)) continue;
      context.addIssue({ code: 'custom', path: [key], message: 'must be a plain value, or a list of them' });
    }
  });

const MAX_META_BYTES = 64 * 1024;
/** Of a conversation or a contact: it is part of an item that every message writes. */
export const KeptMetaSchema = MetaSchema.refine(
  (meta) => Buffer.byteLength(JSON.stringify(meta)) <= MAX_META_BYTES,
  `must not take more than ${MAX_META_BYTES} bytes`,
);

const ActionSchema = z
  .object({
    type: z.enum(['reply', 'postback', 'link']).meta({ description: 'What the button does.' }),
    text: optional(Text(1024)).meta({ description: 'What the button says; its `payload` if absent.' }),
    payload: optional(Text(4096)).meta({ description: 'What comes back when it is pressed.' }),
    uri: optional(Text(4096)).meta({ description: 'Where a link leads.' }),
  })
  .refine(({ text, payload }) => text !== undefined || payload !== undefined, {
    path: ['text'],
    message: 'is required without a payload',
  });
const CardSchema = z.object({
  title: optional(Text(1024)).meta({ description: 'Heading of the card.' }),
  mediaUrl: optional(Text(4096)).meta({ description: 'Address of its picture.' }),
  actions: optional(z.array(ActionSchema).max(20)).meta({ description: 'Its buttons.' }),
});
const ResultSchema = z.object({
  name: Text(256).meta({ description: 'Name of the result.' }),
  values: z
    .union([z.array(Scalar).max(100), Named.refine((values) => Object.keys(values).length <= 100, 'are too many')])
    .meta({ description: 'Its values, by name or as a list.' }),
});

export const DelaySchema = z
  .number()
  .int('must be whole milliseconds')
  .min(0, 'must not be negative')
  .max(MAX_DELAY_MS, `must not be more than 30 days (${MAX_DELAY_MS} ms)`);

/** A message as a caller writes it (contract section 3). */
export const MessageRequestSchema = z
  .object({
    text: optional(Text(65_536)).meta({ description: 'What it says; required unless there are `items`.' }),
    type: optional(z.enum(MESSAGE_TYPES))
      .transform((type) => type ?? 'chat')
      .meta({ description: 'Kind of message; `chat` if absent.' }),
    role: optional(z.enum(MESSAGE_ROLES))
      .transform((role) => role ?? 'bot')
      .meta({ description: '`agent` speaks to the contact, `bot` (if absent) to agents, `contact` for the contact.' }),
    user: optional(ObjectIdSchema).meta({ description: "Sender; the token's user if absent." }),
    touchpoint: optional(z.enum(TOUCHPOINTS)).meta({ description: 'How it goes out; else as the conversation does.' }),
    touchpoints: optional(
      z
        .array(z.enum(TOUCHPOINTS))
        .min(1)
        .refine((given) => new Set(given).size === given.length, 'names a touchpoint twice'),
    ).meta({ description: 'Instead of `touchpoint`: the first that can be used.' }),
    delay: optional(DelaySchema).meta({ description: 'Milliseconds from the request until it is due.' }),
    isBackchannel: optional(z.boolean()).meta({ description: 'Among agents only.' }),
    clientId: optional(Text(64).min(1)).meta({ description: 'Unique in the conversation: a repeat adds nothing.' }),
    contentType: optional(Text(128)).meta({ description: 'Media type of `text`; `text/plain` if absent.' }),
    meta: optional(MetaSchema).meta({ description: 'Flat keys and values; some steer how it is sent.' }),
    actions: optional(z.array(ActionSchema).max(20)).meta({ description: 'Buttons.' }),
    items: optional(z.array(CardSchema).max(20)).meta({ description: 'Cards.' }),
    results: optional(z.array(ResultSchema).max(100)).meta({ description: 'Results of a report.' }),
  })
  .refine((message) => (message.text ?? '').trim() !== '' || (message.items?.length ?? 0) > 0, {
    path: ['text'],
    message: 'is required: write what the message says',
  })
  .meta({ id: 'MessageRequest', description: 'A message to add.' });

const messages = z
  .array(MessageRequestSchema, { error: 'must be an array with at least one message' })
  .min(1, 'must hold at least one message')
  .max(MAX_MESSAGES, `must not hold more than ${MAX_MESSAGES} messages; send the rest in a second request`);

/** A blank text says nothing, so it is none. */
const words = (longest: number) => z.nullish(Text(longest)).transform((value) => (value?.trim() ? value : undefined));

export const ProfileRequestSchema = z.object({
  name: words(256).meta({ description: 'Full name.' }),
  givenName: words(256).meta({ description: 'First name.' }),
  familyName: words(256).meta({ description: 'Last name.' }),
  email: words(320).meta({ description: 'Email address; identifies the contact.' }),
  telephone: words(64).meta({
    description: "Telephone number, E.164 or national by the organization's country; identifies the contact.",
  }),
  locale: words(35).meta({ description: 'Language of the contact, such as nl or pt-BR.' }),
  timeZone: words(64)
    .refine((name) => name === undefined || isTimeZone(name), TIME_ZONE_WANTED)
    .meta({ description: 'Time zone of the IANA database.' }),
  address: optional(z.record(Text(64), Text(512))).meta({ description: 'Postal address, by parts of any name.' }),
});
export type ProfileRequest = z.infer<typeof ProfileRequestSchema>;

/** Body of `POST /v2/conversations` with `id`: append to that conversation. */
export const AppendByIdSchema = z.object({
  id: ObjectIdSchema.meta({ description: 'The conversation.' }),
  messages: messages.meta({ description: 'Messages to add, in their order.' }),
});

/** Whether a body of `POST /v2/conversations` names the conversation. */
export const isAppend = (json: unknown): boolean =>
  typeof json === 'object' && json !== null && 'id' in json && json.id !== null && json.id !== undefined;

/** Body of `POST /v2/conversations` without `id`: find or create the contact, then append. */
export const StartConversationSchema = z.object({
  organization: ObjectIdSchema.meta({ description: 'Whose contact it is.' }),
  type: z
    .literal('contact', {
      error: `must be "contact", or one of a team: ${TEAM_TYPES.map((type) => `"${type}"`).join(', ')}`,
    })
    .meta({ description: 'A conversation with a contact.' }),
  name: words(256).meta({ description: "Of a new conversation; the contact's name if absent." }),
  contact: z
    .object({ profile: ProfileRequestSchema.meta({ description: 'With email or telephone, better both.' }) })
    .meta({ description: 'Who it is with.' }),
  language: optional(Text(35)).meta({ description: 'Of a new conversation: language of its templates.' }),
  meta: optional(KeptMetaSchema).meta({ description: 'Of a new conversation: flat keys and values.' }),
  tags: optional(z.array(Text(128)).max(50)).meta({ description: 'Of a new conversation.' }),
  messages: messages.meta({ description: 'At least one to the contact; processed in their order.' }),
});
export type StartConversation = z.infer<typeof StartConversationSchema>;

/** Clients write a participant as an id, or as an object like the ones they read. */
const ParticipantSchema = z.union(
  [
    ObjectIdSchema.transform((user) => ({ user, follow: undefined })),
    z.object({
      user: ObjectIdSchema.meta({ description: 'Who it is.' }),
      follow: optional(z.boolean()).meta({ description: 'Wants to hear of messages without taking part.' }),
    }),
  ],
  { error: 'must be the id of a user, or an object with it as user' },
);

/** Body of `POST /v2/conversations` for a conversation among users: with their `type`, or with neither type nor contact. */
export const TeamConversationSchema = z.object({
  organization: optional(ObjectIdSchema).meta({ description: 'Whose it is; the organization of the token if absent.' }),
  type: optional(z.enum(TEAM_TYPES)).meta({ description: "By the role of the token's user if absent." }),
  name: words(256).meta({ description: 'An alias if absent.' }),
  participants: optional(z.array(ParticipantSchema).max(100))
    .transform((participants) => participants ?? [])
    .meta({ description: "Users beside the token's own: ids, or objects with the id as `user`." }),
  language: optional(Text(35)).meta({ description: 'Of the conversation.' }),
  meta: optional(KeptMetaSchema).meta({ description: 'Flat keys and values.' }),
  tags: optional(z.array(Text(128)).max(50)).meta({ description: 'Of the conversation.' }),
  messages: messages.meta({ description: 'At least one; nothing of them goes out.' }),
});
export type TeamConversation = z.infer<typeof TeamConversationSchema>;
/** Body of `POST /v2/conversations/bulk`; what each item is, is looked at one by one. */
export const BulkSchema = z
  .array(z.unknown(), { error: 'must be an array of items' })
  .min(1, 'must hold at least one item')
  .max(MAX_BULK_ITEMS, `must not hold more than ${MAX_BULK_ITEMS} items; send the rest in a second request`);

/** What an item has beside a body of `POST /v2/conversations`. */
export const BulkItemSchema = z.object({
  clientId: optional(Text(255).min(1)).meta({
    description: 'The same item again within 24 hours has no other effect.',
  }),
});

/** Body of `POST /v2/conversations/{id}/messages`: one message or an array of them. */
export const AppendMessagesSchema = messages;

/** Body of `PUT /v2/contacts/{id}/consent/{touchpoint}`: what the contact told the organization. */
export const ConsentRequestSchema = z.object({
  status: z.enum(['opted_out', 'opted_in']).meta({ description: 'What the contact wants.' }),
  purpose: optional(z.enum(['marketing', 'all']))
    .transform((purpose) => purpose ?? 'all')
    .meta({ description: 'Of which messages; `all` if absent.' }),
  reason: optional(Text(256).min(1)).meta({ description: 'Why, in your words.' }),
});
export type ConsentRequest = z.infer<typeof ConsentRequestSchema>;
