import * as z from 'zod';
import { USER_ROLES } from '../configuration.ts';
import { idField, metaField, momentField, orgPathField, textField, type View } from './fields.ts';

const MembershipViewSchema = z.object({
  organization: idField('Where they belong.'),
  orgPath: orgPathField,
  role: z.enum(USER_ROLES).meta({ description: 'What they are there and below.' }),
  selected: z.boolean().meta({ description: 'Whether their tokens speak of it.' }),
});

/** A user, as the API shows them (contract section 1): never what they log in with. */
export const UserViewSchema = z
  .object({
    id: idField('Id of the user.'),
    name: textField('What they are called.').optional(),
    givenName: textField('First name.').optional(),
    familyName: textField('Last name.').optional(),
    email: textField('Address they log in with; of a bot, one made of its id.').optional(),
    avatar: textField('Address of their picture.').optional(),
    status: textField('Only an active one has tokens.'),
    rate: z.number().meta({ description: 'Requests per second that each of their tokens may make.' }).optional(),
    organizations: z
      .array(MembershipViewSchema)
      .meta({ description: 'Where they belong, as far as the token reaches.' }),
    meta: metaField('Your own values.').optional(),
    createdAt: momentField('When they were made.').optional(),
    updatedAt: momentField('When they last changed.').optional(),
  })
  .meta({ id: 'User', description: 'Somebody, or a system, that works with conversations.' });
export type UserView = View<typeof UserViewSchema>;

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
