import * as z from 'zod';
import { RoleSchema } from './configuration.ts';
import { optional, Text } from './conversation-request.ts';

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
export const TokenRequestSchema = z.union([RefreshSchema, LoginSchema]);
export type TokenRequest = z.infer<typeof TokenRequestSchema>;

/** Body of `POST /v2/users/{id}/tokens`. */
export const KeepTokenSchema = z.object({
  name: Text(128).trim().min(1).meta({ description: 'What it is for.' }),
  scope: optional(RoleSchema).meta({
    description: 'Its highest scope; the role of the user, but at most bot, if absent.',
  }),
  rate: optional(z.number().positive().max(100_000)).meta({
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
