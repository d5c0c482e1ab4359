import * as z from 'zod';
import { MESSAGE_ROLES, MESSAGE_TYPES, type Message, type MessageBody } from '../domain/message.ts';
import { asSwitched } from '../domain/next-touchpoint.ts';
import { PURPOSES, purposeOf } from '../domain/purpose.ts';
import { FilledTemplateSchema, TemplateUseSchema } from '../domain/template-use.ts';
import { TOUCHPOINTS } from '../domain/touchpoint.ts';
import { bodyKey, conversationOf, dueOf, messageKey, seqOf } from './keys.ts';
import type { Item } from './table.ts';

const STATES = ['pending', 'sending', 'unknown', 'sent', 'failed', 'done', 'canceled', 'moved'] as const;
const RECEIPTS = ['queued', 'accepted', 'sent', 'delivered', 'read', 'failed', 'expired'] as const;

const ReceiptItemSchema = z.object({ status: z.enum(RECEIPTS), at: z.number() });

const AlternativeSchema = z.object({
  touchpoint: z.enum(TOUCHPOINTS),
  text: z.string().optional(),
  template: TemplateUseSchema.optional(),
  fallback: FilledTemplateSchema.optional(),
});

const BodySchema = z.object({
  text: z.string().optional(),
  contentType: z.string().optional(),
  meta: z.record(z.string(), z.unknown()).optional(),
  actions: z.array(z.unknown()).optional(),
  items: z.array(z.unknown()).optional(),
  results: z.array(z.unknown()).optional(),
  template: TemplateUseSchema.optional(),
  fallback: FilledTemplateSchema.optional(),
  otherwise: z.array(AlternativeSchema).optional(),
});

const MessageItemSchema = BodySchema.extend({
  pk: z.string(),
  sk: z.string(),
  id: z.string(),
  organization: z.string(),
  type: z.enum(MESSAGE_TYPES),
  role: z.enum(MESSAGE_ROLES),
  user: z.string().optional(),
  touchpoint: z.enum(TOUCHPOINTS).optional(),
  delay: z.number().optional(),
  isBackchannel: z.boolean().optional(),
  team: z.boolean().optional(),
  clientId: z.string().optional(),
  createdAt: z.number(),
  updatedAt: z.number(),
  state: z.enum(STATES),
  attempt: z.number(),
  expiresAt: z.number(),
  notBefore: z.number().optional(),
  token: z.string().optional(),
  lease: z.number().optional(),
  until: z.number().optional(),
  firstSentAt: z.number().optional(),
  sentAt: z.number().optional(),
  unclear: z.boolean().optional(),
  movedTo: z.string().optional(),
  inbound: z.boolean().optional(),
  applied: z.boolean().optional(),
  subject: z.string().optional(),
  bodyApart: z.boolean().optional(),
  purpose: z.enum(PURPOSES).optional(),
  fallbackUsed: z.boolean().optional(),
  givenUp: z.array(z.object({ touchpoint: z.enum(TOUCHPOINTS), code: z.string() })).optional(),
  fallbackOf: z.string().optional(),
  fallbackBy: z.string().optional(),
  service: z.string().optional(),
  provider: z.string().optional(),
  providerId: z.string().optional(),
  error: z
    .object({
      code: z.string(),
      class: z.enum(['permanent', 'retryable', 'throttled', 'ambiguous']),
      message: z.string(),
    })
    .optional(),
  receipt: ReceiptItemSchema.optional(),
  receipts: z.array(ReceiptItemSchema).optional(),
});

/** Every change of a message is billed on the whole item, so what the sender wrote moves out when it is longer. */
const LARGE_BODY_BYTES = 1024;

const bodyOf = (message: Message): MessageBody => BodySchema.parse(message);

/** The item of a message, and the item of its body when that is kept apart. */
export const toMessageItems = (message: Message): { item: Item; body?: Item } => {
  const { conversation, key, due: _due, seq: _seq, ...rest } = message;
  const item = { ...messageKey(conversation, key), ...rest };
  const body = bodyOf(message);
  if (Buffer.byteLength(JSON.stringify(body)) <= LARGE_BODY_BYTES) return { item };
  const slim = Object.fromEntries(Object.entries(item).filter(([name]) => !(name in BodySchema.shape)));
  const purpose = purposeOf(message);
  const kept = { bodyApart: true, ...(purpose !== 'transactional' && { purpose }) };
  return { item: { ...slim, ...kept }, body: { ...bodyKey(conversation, message.id), ...body } };
};

/** True when the body of this item has to be fetched, by `bodyKey`. */
export const hasBodyApart = (item: Item): boolean => item.bodyApart === true;

/** Throws when an item is not a message: the table holds what this version cannot read. */
export const toMessage = (item: Item, body?: Item): Message => {
  const { pk, sk, ...rest } = MessageItemSchema.parse(body ? { ...item, ...BodySchema.parse(body) } : item);
  return asSwitched({ ...rest, conversation: conversationOf(pk), key: sk, due: dueOf(sk), seq: seqOf(sk) });
};
