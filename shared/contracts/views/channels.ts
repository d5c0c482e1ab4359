import * as z from 'zod';
import { idField, metaField, momentField, orgPathField, textField, type View } from './fields.ts';

/** A channel, as the API shows it (contract section 6). */
export const ChannelViewSchema = z
  .object({
    id: idField('Id of the channel.'),
    organization: idField('Whose it is.'),
    orgPath: orgPathField,
    name: textField('What it is called.'),
    subscribers: z.array(z.string()).meta({ description: 'Users who answer there; everybody if absent.' }).optional(),
    meta: metaField('Your own values.').optional(),
    createdAt: momentField('When it was made.').optional(),
    updatedAt: momentField('When it last changed.').optional(),
  })
  .meta({ id: 'Channel', description: 'A shared inbox, in which conversations that wait are announced.' });
export type ChannelView = View<typeof ChannelViewSchema>;
