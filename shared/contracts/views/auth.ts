import * as z from 'zod';
import { idField, momentField, textField, type View } from './fields.ts';

/** A token pair, as `POST /v2/auth/token` gives it. */
export const TokenViewSchema = z
  .object({
    tokenType: z.literal('Bearer').meta({ description: 'How the token is sent.' }),
    token: textField('Access token, a JWT.'),
    refreshToken: textField('Gets the next pair.'),
    user: idField('Whom the token acts as.'),
    organization: idField('The organization of that user.'),
    expiresAt: momentField('When the access token ends.'),
    scope: textField('Its highest scope.'),
  })
  .meta({ id: 'Token', description: 'An access token and what renews it.' });
export type TokenView = View<typeof TokenViewSchema>;
