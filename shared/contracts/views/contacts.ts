import * as z from 'zod';
import { CONSENT_CHANGES, CONSENT_SOURCES, GROUNDS } from '../../domain/consent.ts';
import { TOUCHPOINTS } from '../../domain/touchpoint.ts';
import { idField, metaField, momentField, orgPathField, textField, type View } from './fields.ts';

const ProfileViewSchema = z.object({
  name: textField('Full name.').optional(),
  givenName: textField('First name.').optional(),
  familyName: textField('Last name.').optional(),
  email: textField('Primary email address.').optional(),
  telephone: textField('Primary telephone number, E.164.').optional(),
  whatsappId: textField("Meta's id of the contact, learnt from what they wrote.").optional(),
  locale: textField('Language of the contact.').optional(),
  timeZone: textField('Time zone of the IANA database.').optional(),
  address: z.record(z.string(), z.string()).meta({ description: 'Postal address, by parts.' }).optional(),
});

/** A contact, as the API shows it (contract section 4). */
export const ContactViewSchema = z
  .object({
    id: idField('Id of the contact.'),
    conversation: idField('Their one conversation.'),
    organization: idField('Whose contact it is.'),
    orgPath: orgPathField,
    profile: ProfileViewSchema.meta({ description: 'What is known of them.' }),
    meta: metaField('Flat keys and values.').optional(),
    createdAt: momentField('When they became known.'),
    updatedAt: momentField('When they or their conversation last changed.'),
  })
  .meta({ id: 'Contact', description: 'A person that a business talks to.' });
export type ContactView = View<typeof ContactViewSchema>;

/** What was forgotten. */
export const DeletedContactViewSchema = z
  .object({
    deleted: z
      .object({
        contact: idField('Who was forgotten.'),
        conversation: idField('Their conversation.'),
        identifiers: z.number().meta({ description: 'How many addresses are free again.' }),
      })
      .meta({ description: 'What was deleted.' }),
  })
  .meta({ id: 'DeletedContact', description: 'What was deleted of a contact.' });

const STANCES = ['opted_out', 'opted_in'] as const;

const standing = {
  status: z.enum(STANCES).meta({ description: 'Whether messages may go there at all.' }),
  marketing: z.enum(STANCES).meta({ description: 'Whether marketing may.' }),
  grounds: z
    .array(
      z.object({
        ground: z.enum(GROUNDS).meta({ description: 'What stands against messages.' }),
        since: momentField('Since when.'),
        source: z.enum(CONSENT_SOURCES).meta({ description: 'Who told us.' }),
        reason: textField("The word, the provider's code, or what the caller said."),
      }),
    )
    .meta({ description: 'What stands against messages.' }),
};

const touchpoint = z.enum(TOUCHPOINTS).meta({ description: 'Of which touchpoint.' });

const ConsentEntryViewSchema = z.object({
  touchpoint,
  change: z.enum(CONSENT_CHANGES).meta({ description: 'What happened.' }),
  source: z.enum(CONSENT_SOURCES).meta({ description: 'Who told us.' }),
  reason: textField("The word, the provider's code, or what the caller said."),
  evidence: textField('What proves it.').optional(),
  by: idField('User who told us.').optional(),
  at: momentField("When, by the provider's clock.").optional(),
  storedAt: momentField('When it was stored.'),
  effective: z.boolean().meta({ description: 'Whether it changed anything.' }),
});

/** The consent of a contact at each of their touchpoints, and how it came about. */
export const ContactConsentViewSchema = z
  .object({
    contact: idField('Whose it is.'),
    consent: z
      .partialRecord(z.enum(TOUCHPOINTS), z.object(standing))
      .meta({ description: 'By touchpoint that they have an address for.' }),
    history: z.array(ConsentEntryViewSchema).meta({ description: 'All that was told, newest first.' }),
  })
  .meta({ id: 'ContactConsent', description: 'What a contact allowed and refused.' });

/** The consent of a contact at one touchpoint. */
export const TouchpointConsentViewSchema = z
  .object({ contact: idField('Whose it is.'), touchpoint, ...standing })
  .meta({ id: 'TouchpointConsent', description: 'What a contact allowed and refused at a touchpoint.' });
