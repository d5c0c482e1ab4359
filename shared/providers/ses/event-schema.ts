import * as z from 'zod';

/**
 * What is read of an SES event's `detail`. Source: docs.aws.amazon.com/ses, "Contents of event data that Amazon SES
 * publishes": EventBridge carries the same records.
 */
const text = z.string();
const timestamp = z.object({ timestamp: text.optional() });

const BounceSchema = timestamp.extend({
  bounceType: text,
  bounceSubType: text.optional(),
  bouncedRecipients: z
    .array(z.object({ emailAddress: text, status: text.optional(), diagnosticCode: text.optional() }))
    .default([]),
});

const ComplaintSchema = timestamp.extend({
  complaintFeedbackType: text.optional(),
  complainedRecipients: z.array(z.object({ emailAddress: text })).default([]),
});

const SubscriptionSchema = timestamp.extend({
  newTopicPreferences: z.object({ unsubscribeAll: z.boolean().optional() }).optional(),
});

export const SesDetailSchema = z.object({
  mail: timestamp.extend({ messageId: text, tags: z.unknown().optional(), destination: z.array(text).default([]) }),
  delivery: timestamp.optional(),
  bounce: BounceSchema.optional(),
  complaint: ComplaintSchema.optional(),
  reject: z.object({ reason: text.optional() }).optional(),
  failure: z.object({ errorMessage: text.optional() }).optional(),
  open: timestamp.optional(),
  click: timestamp.optional(),
  subscription: SubscriptionSchema.optional(),
});
export type SesDetail = z.infer<typeof SesDetailSchema>;
