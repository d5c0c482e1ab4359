import * as z from 'zod';
import { idField, momentField, orgPathField, textField, type View } from './fields.ts';

/** A WhatsApp template, as the API shows it; its content is in Meta's words. */
export const WatemplateViewSchema = z
  .object({
    id: idField('Id of the template.'),
    organization: idField('Whose it is.'),
    orgPath: orgPathField,
    name: textField('Its name, the same in each of its languages.'),
    language: textField("In Meta's spelling."),
    status: textField("Meta's word: only APPROVED sends."),
    reason: textField("Why it has its status, in Meta's words.").optional(),
    category: textField("Meta's category.").optional(),
    parameter_format: textField('NAMED or POSITIONAL.').optional(),
    components: z
      .array(z.looseObject({ type: textField('HEADER, BODY, FOOTER or BUTTONS.') }))
      .meta({ description: 'Content, as Meta has it.' }),
    providerId: textField("Meta's id of it.").optional(),
    createdAt: momentField('When it was made.').optional(),
    updatedAt: momentField('When it last changed.').optional(),
  })
  .meta({ id: 'Watemplate', description: 'A WhatsApp template in one language.' });
export type WatemplateView = View<typeof WatemplateViewSchema>;

const count = (description: string) => z.number().meta({ description });

/** What a sync did. */
export const WatemplateSyncViewSchema = z
  .object({
    added: count('How many came.'),
    changed: count('How many changed.'),
    removed: count('How many Meta has no more.'),
    unchanged: count('How many are as they were.'),
    unread: count('How many could not be made out, and stay as they were.'),
  })
  .meta({ id: 'WatemplateSync', description: 'How many templates came, changed and went.' });
