import * as z from 'zod';
import { RoleSchema } from './configuration.ts';
import { optional, Text } from './conversation-request.ts';

const RefreshSchema = z.object({ clientId: optional(Text(320)), refreshToken: Text(4096) });
export type RefreshRequest = z.infer<typeof RefreshSchema>;

const LoginSchema = z.object({ email: Text(320), password: Text(1024), otp: optional(Text(16)) });
export type LoginRequest = z.infer<typeof LoginSchema>;

/** Body of `POST /v2/auth/token`: a login, or a refresh. */
export const TokenRequestSchema = z.union([RefreshSchema, LoginSchema]);
export type TokenRequest = z.infer<typeof TokenRequestSchema>;

/** Body of `POST /v2/users/{id}/tokens`. */
export const KeepTokenSchema = z.object({
  name: Text(128).trim().min(1),
  scope: optional(RoleSchema),
  rate: optional(z.number().positive().max(100_000)),
  expiresAt: optional(z.iso.datetime({ offset: true, local: true })),
});
export type KeepToken = z.infer<typeof KeepTokenSchema>;

/** Body of `POST /v2/users/{id}/otp/confirm`, and of ending them. */
export const OtpCodeSchema = z.object({ code: z.string().regex(/^\d{6}$/, 'must be the six digits of a code') });
