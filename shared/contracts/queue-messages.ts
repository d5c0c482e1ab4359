import * as z from 'zod';

/**
 * What travels on the queues: keys only, never personal data. `key` is the message's sort key in its conversation
 * (`M#<due>#<seq>`), so it also says when the message is due.
 */
const MessageAddressSchema = z.object({
  conversation: z.string(),
  key: z.string(),
  organization: z.string(),
});

/** Queue `ticks`: "look at this message now". Harmless when repeated or late. */
export const TickSchema = MessageAddressSchema;
export type Tick = z.infer<typeof TickSchema>;

/**
 * The touchpoint queues: "send this message, if it is still at this attempt". With `resolve` the attempt's outcome is
 * unclear and its window is over: find out what became of it before anything is sent.
 */
export const DeliverySchema = MessageAddressSchema.extend({
  attempt: z.int().nonnegative(),
  resolve: z.boolean().optional(),
});
export type Delivery = z.infer<typeof DeliverySchema>;

/** Queue `sweep`: messages stored a while ago, to be ticked if their own tick was lost. */
export const SweepSchema = z.object({ messages: z.array(MessageAddressSchema).max(100) });
export type Sweep = z.infer<typeof SweepSchema>;

/** Queue `sweep` too: a contact was deleted, now delete what is left of their conversation. */
export const PurgeSchema = z.object({ purge: z.string(), organization: z.string() });
export type Purge = z.infer<typeof PurgeSchema>;

/** What an event is about, by ids; `key` is the message's place in its conversation. */
export const EventIdsSchema = z.object({
  conversation: z.string().optional(),
  message: z.string().optional(),
  key: z.string().optional(),
  contact: z.string().optional(),
  /** Of `contact.conflict`. */
  otherContact: z.string().optional(),
  organization: z.string().optional(),
  service: z.string().optional(),
  channel: z.string().optional(),
  watemplate: z.string().optional(),
  user: z.string().optional(),
});
export type EventIds = z.infer<typeof EventIdsSchema>;

/**
 * Queue `webhooks`: "tell this service of this event". What it is told is read when it is told. `since` and `notBefore`
 * are epoch milliseconds.
 */
export const NotificationSchema = z.object({
  /** The same however often it is told. */
  delivery: z.string(),
  service: z.string(),
  /** The service's organization, and that of the event: the same, or one below it. */
  owner: z.string(),
  organization: z.string(),
  event: z.string(),
  at: z.number(),
  ids: EventIdsSchema,
  attempt: z.int().nonnegative(),
  since: z.number(),
  notBefore: z.number().optional(),
});
export type Notification = z.infer<typeof NotificationSchema>;
