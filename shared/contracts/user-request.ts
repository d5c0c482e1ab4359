import * as z from 'zod';
import { RoleSchema } from './configuration.ts';
import { KeptMetaSchema, ObjectIdSchema, optional, Text } from './conversation-request.ts';
import { EmailSchema, WebAddressSchema } from './organization-request.ts';

const RefreshSchema = z.object({
  clientId: optional(Text(320)).meta({ description: 'Whose it is: email address, or id.' }),
  refreshToken: Text(4096).meta({ description: 'From the answer that gave the token.' }),
});
export type RefreshRequest = z.infer<typeof RefreshSchema>;

const LoginSchema = z.object({
  email: Text(320).meta({ description: 'Email address of the user.' }),
  password: Text(1024).meta({ description: 'Password of the user.' }),
  otp: optional(Text(16)).meta({ description: 'One-time password, where the user enrolled.' }),
});
export type LoginRequest = z.infer<typeof LoginSchema>;

/** Body of `POST /v2/auth/token`: a login, or a refresh. */
export const TokenRequestSchema = z.union([RefreshSchema, LoginSchema], {
  error: 'must have either email and password, or refreshToken, as text',
});
export type TokenRequest = z.infer<typeof TokenRequestSchema>;

/** Body of `POST /v2/users/{id}/tokens`. */
export const KeepTokenSchema = z.object({
  name: Text(128).trim().min(1).meta({ description: 'What it is for.' }),
  scope: optional(RoleSchema).meta({
    description: 'Its highest scope; the role of the user, but at most bot, if absent.',
  }),
  rate: optional(z.number().min(0.001).max(100_000)).meta({
    description: 'Requests per second; of the user if absent.',
  }),
  expiresAt: optional(z.iso.datetime({ offset: true, local: true })).meta({ description: 'When it ends by itself.' }),
});
export type KeepToken = z.infer<typeof KeepTokenSchema>;

/** Body of `POST /v2/users/{id}/otp/confirm`, and of ending them. */
export const OtpCodeSchema = z.object({
  code: z
    .string()
    .regex(/^\d{6}$/, 'must be the six digits of a code')
    .meta({ description: 'What the authenticator shows.' }),
});

const MembershipSchema = z.object({
  organization: ObjectIdSchema.transform((id) => id.toLowerCase()).meta({ description: 'Where they belong.' }),
  role: optional(RoleSchema)
    .transform((role) => role ?? ('agent' as const))
    .meta({ description: 'What they are there and below; agent if absent.' }),
  selected: optional(z.boolean()).meta({ description: 'The one that their tokens speak of; the first if none is.' }),
});

const MembershipsSchema = z
  .array(MembershipSchema)
  .max(20)
  .refine(
    (memberships) => new Set(memberships.map(({ organization }) => organization)).size === memberships.length,
    'name an organization twice',
  )
  .refine((memberships) => memberships.filter(({ selected }) => selected).length <= 1, 'have two that are selected');
export type MembershipDraft = z.infer<typeof MembershipSchema>;

const PasswordSchema = Text(1024).min(8);

/** In a PATCH `null` clears. */
const fields = {
  name: Text(256).nullish().meta({ description: 'What they are called; given and family name if absent.' }),
  givenName: Text(256).nullish().meta({ description: 'First name.' }),
  familyName: Text(256).nullish().meta({ description: 'Last name.' }),
  email: EmailSchema.nullish().meta({ description: 'What they log in with; nobody else has it.' }),
  avatar: WebAddressSchema.nullish().meta({ description: 'Address of their picture.' }),
  rate: z.number().min(0.001).max(100_000).nullish().meta({
    description: 'Requests per second that each of their tokens may make.',
  }),
  meta: KeptMetaSchema.nullish().meta({ description: 'Your own values.' }),
};
const status = z.enum(['active', 'inactive']);

/** Body of `POST /v2/users`. */
export const CreateUserSchema = z
  .object({
    ...fields,
    password: optional(PasswordSchema).meta({ description: 'What they log in with, beside `email`.' }),
    status: optional(status)
      .transform((given) => given ?? ('active' as const))
      .meta({ description: 'Only an active one has tokens.' }),
    organizations: optional(MembershipsSchema.min(1)).meta({
      description: "Where they belong; to the token's organization as an agent if absent.",
    }),
  })
  .refine(({ password, email }) => password === undefined || email, {
    path: ['email'],
    message: 'is needed to log in with a password',
  });
export type UserDraft = Omit<z.infer<typeof CreateUserSchema>, 'organizations'>;

/** Body of `PATCH /v2/users/{id}`: what it names is replaced whole, `null` clears, all else stays. */
export const PatchUserSchema = z.object({
  ...fields,
  password: optional(PasswordSchema).meta({ description: 'Ends the tokens of logins that they have.' }),
  status: optional(status).meta({ description: 'Only an active one has tokens.' }),
  organizations: optional(MembershipsSchema).meta({
    description: 'All that the token reaches; those it does not reach stay.',
  }),
});
export type PatchUser = z.infer<typeof PatchUserSchema>;
