import * as z from 'zod';
import { SERVICE_STATUSES } from '../configuration.ts';
import { idField, metaField, momentField, orgPathField, textField, type View } from './fields.ts';

/** A service, as the API shows it (contract section 10). */
export const ServiceViewSchema = z
  .object({
    id: idField('Id of the service.'),
    organization: idField('Whose it is.'),
    orgPath: orgPathField,
    name: textField('A name for people.'),
    type: textField('What it is a service of.'),
    status: z.enum(SERVICE_STATUSES).meta({ description: 'Only an active one is used.' }),
    reason: z.literal('failing').meta({ description: 'Why a webhook was disabled by us.' }).optional(),
    params: metaField('What it was given, without secrets; a new webhook shows its secret, once.'),
    meta: metaField('Your own values.').optional(),
    createdAt: momentField('When it was made.').optional(),
    updatedAt: momentField('When it last changed.').optional(),
  })
  .meta({ id: 'Service', description: 'What carries messages, or is told of events.' });
export type ServiceView = View<typeof ServiceViewSchema>;

const ids = z.object(
  Object.fromEntries(
    ['conversation', 'message', 'contact', 'organization', 'service', 'channel', 'watemplate', 'user'].map((kind) => [
      kind,
      idField(`Id of the ${kind}.`).optional(),
    ]),
  ),
);

/** A notification that a webhook was not told of, as the API shows it. */
export const GivenUpViewSchema = z
  .object({
    id: idField('Id of the delivery, as every try of it had.'),
    event: textField('What happened.'),
    organization: idField('In which organization.'),
    ids: ids.meta({ description: 'To what.' }),
    at: momentField('When it happened.'),
    code: textField('How the last try ended: an HTTP status, or why there was none.'),
    attempts: z.number().meta({ description: 'How often it was tried.' }),
    givenUpAt: momentField('When it was given up.'),
  })
  .meta({ id: 'GivenUpDelivery', description: 'A notification that a webhook did not take.' });
export type GivenUpView = View<typeof GivenUpViewSchema>;

/** What a replay did. */
export const ReplayViewSchema = z
  .object({
    replayed: z.number().meta({ description: 'How many notifications are on their way again.' }),
    left: z.boolean().meta({ description: 'Whether there are more: repeat the request.' }),
  })
  .meta({ id: 'Replay', description: 'Notifications that are sent again.' });
