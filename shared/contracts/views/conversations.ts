import * as z from 'zod';
import { CONVERSATION_STATUSES, CONVERSATION_TYPES } from '../../domain/conversation.ts';
import { MESSAGE_ROLES, MESSAGE_TYPES } from '../../domain/message.ts';
import { TOUCHPOINTS } from '../../domain/touchpoint.ts';
import { USER_ROLES } from '../configuration.ts';
import { idField, metaField, momentField, orgPathField, textField, type View } from './fields.ts';
import { MessageViewSchema } from './messages.ts';

const ParticipantViewSchema = z.object({
  user: idField('Who it is.'),
  organization: idField('By which they take part.').optional(),
  name: textField('Name of the user.').optional(),
  avatar: textField('Address of their picture.').optional(),
  role: z.enum(USER_ROLES).meta({ description: 'Role of the user in the organization.' }),
  active: z.boolean().meta({ description: 'Takes part now.' }),
  accepted: z.boolean().meta({ description: 'Has taken responsibility for answering.' }),
  inbox: z.boolean().meta({ description: 'It waits in their personal inbox.' }),
  unreadCount: z.number().meta({ description: 'Messages of the contact, or the team, that they have not seen.' }),
  follow: z.boolean().meta({ description: 'Wants to hear of messages without taking part.' }),
  createdAt: momentField('When they came.'),
  updatedAt: momentField('When a flag of theirs last changed.'),
});

/** A conversation, as the API shows it (contract section 2). */
export const ConversationViewSchema = z
  .object({
    id: idField('Id of the conversation.'),
    organization: idField('Whose it is.'),
    orgPath: orgPathField,
    name: textField("Given, or the contact's name, or an alias."),
    type: z.enum(CONVERSATION_TYPES).meta({ description: 'With a contact, or among users.' }),
    slug: textField('Names it in `url`: nine capitals and digits.'),
    url: textField('Where people read it.'),
    status: z.enum(CONVERSATION_STATUSES).meta({ description: 'Whether it waits, goes on, or is over.' }),
    contact: idField('Who it is with, unless it is among users.').optional(),
    participants: z.array(ParticipantViewSchema).meta({ description: 'Users who take part, or did.' }),
    messages: z
      .array(z.union([idField('Id of a message.'), MessageViewSchema]))
      .meta({ description: 'Of a POST those it added, else the newest 100: ids, or messages where asked for.' })
      .optional(),
    channels: z.array(idField('Id of a channel.')).meta({ description: 'Channels that announce it.' }),
    channelsOffline: z.array(idField('Id of a channel.')).meta({ description: 'Channels where nobody was available.' }),
    touchpoint: z.enum(TOUCHPOINTS).meta({ description: 'In force for messages that name none.' }).optional(),
    touchpoints: z
      .partialRecord(
        z.enum(TOUCHPOINTS),
        z.object({
          services: z.array(idField('Id of a service.')).meta({ description: 'Services that carry it.' }),
          selected: z.boolean().meta({ description: 'In force.' }),
        }),
      )
      .meta({ description: 'Touchpoints used so far.' }),
    forms: z.array(z.unknown()).meta({ description: 'Always empty.' }),
    results: z.array(z.unknown()).meta({ description: 'Always empty.' }),
    category: textField('What it is about, by the organization’s categories.').optional(),
    categoryIndex: z
      .int()
      .min(0)
      .max(9)
      .meta({ description: 'Which of the ten slots of categories it takes.' })
      .optional(),
    language: textField('Language of its templates.').optional(),
    meta: metaField('Flat keys and values.').optional(),
    tags: z.array(z.string()).meta({ description: 'Words it is filed under.' }).optional(),
    createdBy: idField('User who started it, or the service by which the contact did.'),
    createdAt: momentField('When it was started.'),
    updatedAt: momentField('When it last changed.'),
  })
  .meta({ id: 'Conversation', description: 'A conversation.' });
export type ConversationView = View<typeof ConversationViewSchema>;

const ReasonSchema = z.object({
  code: textField('A code of failed messages.'),
  message: textField('In words.'),
});

const ForeseenMessageSchema = z.object({
  id: idField('Of a message that was accepted before.').optional(),
  type: z.enum(MESSAGE_TYPES).meta({ description: 'Kind of message.' }),
  role: z.enum(MESSAGE_ROLES).meta({ description: 'On whose behalf it speaks.' }),
  clientId: textField("The sender's own id of it.").optional(),
  touchpoint: z.enum(TOUCHPOINTS).meta({ description: 'How it would go out.' }).optional(),
  text: textField('What the contact would read.').optional(),
  due: momentField('When it would be due.'),
  service: z
    .object({ id: idField('Id of the service.'), type: textField('Its type.') })
    .meta({ description: 'Service that would carry it.' })
    .optional(),
  template: z
    .object({ name: textField('Its name.'), language: textField("In Meta's spelling.") })
    .meta({ description: 'Template it would go out as.' })
    .optional(),
  sends: z.boolean().meta({ description: 'Whether it would be sent.' }),
  heldUntil: momentField('When it would be sent, if later than due.').optional(),
  reason: ReasonSchema.meta({ description: 'Why it is not sent, or not yet.' }).optional(),
});

/** What a request would do, as `dryRun=true` answers. */
export const DryRunViewSchema = z
  .object({
    dryRun: z.literal(true).meta({ description: 'Nothing was stored or sent.' }),
    status: z.number().meta({ description: 'Status that the request would be answered with.' }),
    contact: z
      .object({
        found: z.boolean().meta({ description: 'Known already.' }),
        id: idField('Id of a known one.').optional(),
      })
      .meta({ description: 'The contact, unless it is among users.' })
      .optional(),
    conversation: z
      .object({
        found: z.boolean().meta({ description: 'There already.' }),
        id: idField('Id of one that is there.').optional(),
        status: z.enum(CONVERSATION_STATUSES).meta({ description: 'Status it would have.' }).optional(),
      })
      .meta({ description: 'The conversation.' }),
    messages: z.array(ForeseenMessageSchema).meta({ description: 'One for each message of the request.' }),
  })
  .meta({ id: 'DryRun', description: 'What a request would do.' });
