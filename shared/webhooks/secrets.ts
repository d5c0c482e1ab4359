import * as z from 'zod';
import { createSealer } from '../runtime/sealer.ts';

const SecretsSchema = z.object({
  /** What notifications are signed with. */
  secret: z.string(),
  /** The value of the header `Authorization`, where the URL named user and password. */
  authorization: z.string().optional(),
});
/** What a webhook has that is shown to nobody. */
export type WebhookSecrets = z.infer<typeof SecretsSchema>;

export interface WebhookPlace {
  readonly organization: string;
  readonly id: string;
}

const placeOf = ({ organization, id }: WebhookPlace): string => `${organization}/${id}`;

export const sealSecrets = (pepper: string, place: WebhookPlace, secrets: WebhookSecrets): string =>
  createSealer(pepper, 'webhook').seal(JSON.stringify(secrets), placeOf(place));

/** Throws when they were sealed for another webhook, or under another pepper. */
export const openSecrets = (pepper: string, webhook: WebhookPlace & { readonly sealed: string }): WebhookSecrets =>
  SecretsSchema.parse(JSON.parse(createSealer(pepper, 'webhook').open(webhook.sealed, placeOf(webhook))));
