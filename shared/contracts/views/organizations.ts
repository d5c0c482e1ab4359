import * as z from 'zod';
import { OrganizationSchema } from '../configuration.ts';
import { idField, metaField, momentField, textField, type View } from './fields.ts';

const texts = (description: string) => z.array(z.string()).meta({ description });

/** An organization, as the API shows it (contract section 1). */
export const OrganizationViewSchema = z
  .object({
    id: idField('Id of the organization.'),
    name: textField('What it is called.'),
    displayName: textField('What people are shown.').optional(),
    email: textField('Where it is reached itself.').optional(),
    url: textField('Its web site.').optional(),
    logo: textField('Address of its picture.').optional(),
    industry: textField('What it does.').optional(),
    country: textField('ISO 3166-1 alpha-2.').optional(),
    language: textField('Default language of templates.').optional(),
    status: textField('`active`.'),
    stopwords: texts('As they were given.').optional(),
    categories: z.array(z.unknown()).meta({ description: 'What conversations are filed under.' }).optional(),
    commands: z.array(z.unknown()).meta({ description: 'What its bots listen to.' }).optional(),
    tags: texts('Words it is filed under.').optional(),
    settings: OrganizationSchema.shape.settings.unwrap().meta({ description: 'How it works.' }),
    meta: metaField('Your own values.').optional(),
    parent: idField('Which it stands below.').optional(),
    path: textField('Ids from the root down, joined by #.'),
    level: z.number().meta({ description: 'How deep it stands; a root is 1.' }),
    createdAt: momentField('When it was made.').optional(),
    updatedAt: momentField('When it last changed.').optional(),
  })
  .meta({ id: 'Organization', description: 'A business, or a part of one.' });
export type OrganizationView = View<typeof OrganizationViewSchema>;
