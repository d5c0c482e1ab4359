import * as z from 'zod';
import { USER_ROLES } from '../configuration.ts';
import { idField, momentField, textField, type View } from './fields.ts';

/** A token that a user keeps, as the API lists it: never its words. */
export const KeptTokenViewSchema = z
  .object({
    id: idField('Id of the token, which ends it.'),
    user: idField('Whom it acts as.'),
    name: textField('What it is for.'),
    organization: idField('The organization that it speaks of.'),
    scope: z.enum(USER_ROLES).meta({ description: 'Its highest scope.' }),
    rate: z.number().optional().meta({ description: 'Requests per second that it may make.' }),
    createdBy: idField('Who made it.'),
    createdAt: momentField('When it was made.'),
    expiresAt: momentField('When it ends by itself.').optional(),
  })
  .meta({ id: 'KeptToken', description: 'A token that holds until it is ended.' });
export type KeptTokenView = View<typeof KeptTokenViewSchema>;

/** The same, the one time that its words are shown. */
export const NewTokenViewSchema = KeptTokenViewSchema.extend({
  token: textField('The token, a JWT. It is not shown again.'),
}).meta({ id: 'NewToken', description: 'A token that was made just now.' });

/** What an authenticator needs to make one-time passwords. */
export const OtpSeedViewSchema = z
  .object({
    url: textField('otpauth:// address, for a QR code.'),
    secret: textField('The seed in base32, to type it in.'),
  })
  .meta({ id: 'OtpSeed', description: 'Seed of one-time passwords.' });
