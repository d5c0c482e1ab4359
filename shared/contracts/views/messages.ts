import * as z from 'zod';
import { MESSAGE_ROLES, MESSAGE_TYPES } from '../../domain/message.ts';
import { TOUCHPOINTS } from '../../domain/touchpoint.ts';
import { idField, metaField, momentField, orgPathField, textField, type View } from './fields.ts';

const ErrorClassSchema = z.enum(['permanent', 'retryable', 'throttled', 'ambiguous']);

const DELIVERY_STATUSES = [
  'queued',
  'accepted',
  'sent',
  'delivered',
  'read',
  'expired',
  'failed',
  'unknown',
  'done',
  'canceled',
  'moved',
] as const;

export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

const DeliveryViewSchema = z.object({
  status: z.enum(DELIVERY_STATUSES).meta({ description: 'How far it has come.' }),
  provider: textField('Type of the service that took it.').optional(),
  providerId: textField("The provider's id of it.").optional(),
  error: z
    .object({
      code: textField("Ours, or the provider's as it came."),
      class: ErrorClassSchema.meta({ description: 'What it means for another attempt.' }),
      message: textField('In words.'),
    })
    .meta({ description: 'Why it failed, or why the last attempt did.' })
    .optional(),
  history: z
    .array(
      z.object({
        status: z
          .enum(['queued', 'accepted', 'sent', 'delivered', 'read', 'failed', 'expired'])
          .meta({ description: 'What was reported.' }),
        at: momentField('When.'),
      }),
    )
    .meta({ description: 'What the provider reported, in the order it came.' }),
  givenUp: z
    .array(
      z.object({
        touchpoint: z.enum(TOUCHPOINTS).meta({ description: 'What was tried.' }),
        code: textField('The error that ended it.'),
      }),
    )
    .meta({ description: 'Touchpoints that did not reach the contact.' })
    .optional(),
  fallbackUsed: z.boolean().meta({ description: 'Its fallback template went out.' }).optional(),
  fallbackOf: idField('The message that this one goes out for.').optional(),
  fallbackBy: idField('The message that goes out for this one.').optional(),
});

/** A message, as the API shows it (contract section 3, `delivery` by section 12). */
export const MessageViewSchema = z
  .object({
    id: idField('Id of the message.'),
    conversation: idField('Where it stands.'),
    organization: idField('Whose it is.'),
    orgPath: orgPathField,
    type: z.enum(MESSAGE_TYPES).meta({ description: 'Kind of message.' }),
    role: z.enum(MESSAGE_ROLES).meta({ description: 'On whose behalf it speaks.' }),
    user: idField('Who sent it; absent for the contact.').optional(),
    contentType: textField('Media type of `text`.'),
    text: textField('What it says; of a template, the text that is sent.').optional(),
    touchpoint: z.enum(TOUCHPOINTS).meta({ description: 'How it goes out, or came in.' }).optional(),
    touchpoints: z
      .array(z.enum(TOUCHPOINTS))
      .meta({ description: 'The present touchpoint, and those left behind it.' })
      .optional(),
    delay: z.number().meta({ description: 'Milliseconds from the request until it was due.' }).optional(),
    isBackchannel: z.boolean().meta({ description: 'Among agents only.' }).optional(),
    clientId: textField("The sender's own id of it.").optional(),
    meta: metaField('Keys and values of the sender, and of the system.').optional(),
    actions: z.array(z.unknown()).meta({ description: 'Buttons.' }).optional(),
    items: z.array(z.unknown()).meta({ description: 'Cards.' }).optional(),
    results: z.array(z.unknown()).meta({ description: 'Results of a report.' }).optional(),
    delivery: DeliveryViewSchema.meta({
      description: 'What became of it, if it goes to the contact or failed.',
    }).optional(),
    createdAt: momentField('When it was accepted.'),
    updatedAt: momentField('When it last changed.'),
  })
  .meta({ id: 'Message', description: 'A message.' });
export type MessageView = View<typeof MessageViewSchema>;
