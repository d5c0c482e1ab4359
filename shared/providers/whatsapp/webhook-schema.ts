import * as z from 'zod';

/**
 * What we read of Meta's webhook; everything else is ignored. Items are parsed one by one, so that one that we do not
 * understand does not cost us the others of its batch.
 */
export const WebhookSchema = z.object({
  entry: z.array(
    z.object({
      changes: z.array(z.object({ field: z.string(), value: z.unknown() })),
    }),
  ),
});

export const ValueSchema = z.object({
  metadata: z.object({ phone_number_id: z.string() }),
  contacts: z.array(z.unknown()).optional().catch(undefined),
  statuses: z.array(z.unknown()).optional().catch(undefined),
  messages: z.array(z.unknown()).optional().catch(undefined),
});

/** A person is named by their number, by Meta's id of them, or by both: one may hide the number. */
export const ContactSchema = z.object({
  wa_id: z.string().optional().catch(undefined),
  user_id: z.string().optional().catch(undefined),
  profile: z.object({ name: z.string() }),
});

export const StatusSchema = z.object({
  id: z.string(),
  status: z.string(),
  timestamp: z.string().optional().catch(undefined),
  biz_opaque_callback_data: z.string().optional().catch(undefined),
  errors: z
    .array(
      z.object({
        code: z.coerce.string(),
        title: z.string().optional(),
        message: z.string().optional(),
        error_data: z.object({ details: z.string().optional() }).optional(),
      }),
    )
    .optional()
    .catch(undefined),
});
export type Status = z.infer<typeof StatusSchema>;

const Title = z.object({ title: z.string() }).optional().catch(undefined);
const Media = z
  .object({
    id: z.string().optional(),
    link: z.string().optional(),
    url: z.string().optional(),
    caption: z.string().optional(),
  })
  .optional()
  .catch(undefined);

export const MessageSchema = z.object({
  id: z.string(),
  from: z.string().optional().catch(undefined),
  from_user_id: z.string().optional().catch(undefined),
  type: z.string(),
  timestamp: z.string().optional().catch(undefined),
  text: z.object({ body: z.string() }).optional().catch(undefined),
  button: z.object({ text: z.string() }).optional().catch(undefined),
  interactive: z.object({ button_reply: Title, list_reply: Title }).optional().catch(undefined),
  reaction: z.object({ emoji: z.string().optional() }).optional().catch(undefined),
  image: Media,
  video: Media,
  audio: Media,
  document: Media,
  sticker: Media,
});
export type Message = z.infer<typeof MessageSchema>;

const Words = z.string().nullish().catch(undefined);

export const TemplateStatusSchema = z.object({
  event: z.string(),
  message_template_name: z.string(),
  message_template_language: z.string(),
  reason: Words,
  other_info: z.object({ title: Words, description: Words }).nullish().catch(undefined),
  rejection_info: z.object({ reason: Words }).nullish().catch(undefined),
});
export type TemplateStatus = z.infer<typeof TemplateStatusSchema>;
