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
