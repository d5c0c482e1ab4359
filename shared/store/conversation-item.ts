import * as z from 'zod';
import { CONVERSATION_STATUSES, type Conversation, TEAM_TYPES } from '../domain/conversation.ts';
import { TOUCHPOINTS } from '../domain/touchpoint.ts';
import { successor } from '../runtime/ids.ts';
import { conversationKey, conversationOf } from './keys.ts';
import type { Item } from './table.ts';

const ParticipantItemSchema = z.object({
  role: z.enum(['guest', 'agent', 'bot', 'admin']),
  active: z.boolean(),
  accepted: z.boolean(),
  inbox: z.boolean(),
  unreadCount: z.number(),
  follow: z.boolean().optional(),
  createdAt: z.number(),
  updatedAt: z.number(),
});

/** A conversation with its contact, as stored. Two items' worth of write units are billed beyond 1,024 bytes. */
const ConversationItemSchema = z.object({
  pk: z.string(),
  org: z.string(),
  type: z.enum(TEAM_TYPES).optional(),
  orgPath: z.string(),
  name: z.string(),
  slug: z.string(),
  status: z.enum(CONVERSATION_STATUSES),
  /** Only where it does not follow from the conversation's id. */
  contact: z.string().optional(),
  profile: z.object({
    name: z.string().optional(),
    givenName: z.string().optional(),
    familyName: z.string().optional(),
    email: z.string().optional(),
    telephone: z.string().optional(),
    whatsappId: z.string().optional(),
    locale: z.string().optional(),
    timeZone: z.string().optional(),
    address: z.record(z.string(), z.string()).optional(),
  }),
  contactMeta: z.record(z.string(), z.unknown()).optional(),
  participants: z.record(z.string(), ParticipantItemSchema),
  channels: z.array(z.string()),
  channelsOffline: z.array(z.string()),
  tasks: z.array(z.string()).optional(),
  touchpoint: z.enum(TOUCHPOINTS).optional(),
  services: z.partialRecord(z.enum(TOUCHPOINTS), z.array(z.string())),
  language: z.string().optional(),
  category: z.string().optional(),
  categoryIndex: z.number().optional(),
  meta: z.record(z.string(), z.unknown()).optional(),
  tags: z.array(z.string()).optional(),
  createdBy: z.string(),
  createdAt: z.number(),
  updatedAt: z.number(),
  seq: z.number(),
  lastAt: z.number(),
  version: z.number(),
  windowAt: z.number().optional(),
  windowBy: z.string().optional(),
  whatsappAt: z.number().optional(),
  deletedAt: z.number().optional(),
});

/** The item of a conversation; `identities` are the sort-free names of the identity items that point to it. */
export const toConversationItem = (conversation: Conversation, identities: readonly string[]): Item => {
  const { id, organization, contact, ...rest } = conversation;
  return {
    ...conversationKey(id),
    org: organization,
    ...rest,
    // There from the beginning, so that a `/set` can reach into it without a look.
    meta: rest.meta ?? {},
    ...(contact !== undefined && contact !== successor(id) && { contact }),
    ...(identities.length > 0 && { identities: new Set(identities) }),
  };
};

/** Throws when an item is not a conversation: the table holds what this version cannot read. */
export const toConversation = (item: Item): Conversation => {
  const { pk, org, contact, ...rest } = ConversationItemSchema.parse(item);
  const id = conversationOf(pk);
  return { id, organization: org, ...(rest.type === undefined && { contact: contact ?? successor(id) }), ...rest };
};
