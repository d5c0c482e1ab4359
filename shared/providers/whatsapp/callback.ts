import { parseJson } from '../parse-json.ts';
import type { CallbackRequest, ParsedCallback, ProviderEvent } from '../provider.ts';
import { isSameSecret } from '../same-secret.ts';
import { readMessage } from './read-message.ts';
import { readStatus } from './read-status.ts';
import { readTemplateStatus } from './read-template-status.ts';
import { isSignedByMeta } from './signature.ts';
import {
  ContactSchema,
  MessageSchema,
  StatusSchema,
  TemplateStatusSchema,
  ValueSchema,
  WebhookSchema,
} from './webhook-schema.ts';

type Secret = Readonly<Record<string, string | undefined>>;

const text = (body: string) => ({ status: 200, contentType: 'text/plain', body });

/**
 * Meta's webhook: the GET that verifies the subscription, and POSTs with statuses, inbound messages and decisions about templates,
 * batched.
 * Unverified: a wrong verify token or signature. Source: developers.facebook.com/docs/graph-api/webhooks.
 */
export function parseWhatsappCallback(request: CallbackRequest, secret: Secret, now: number): ParsedCallback {
  if (request.method === 'GET') return answerChallenge(request, secret.verifyToken);
  if (!isSignedByMeta(secret.appSecret, request.body, request.headers['x-hub-signature-256'])) {
    return { verified: false, reason: 'the signature is missing or wrong' };
  }
  return { verified: true, events: readWebhook(parseJson(request.body.toString('utf8')), now), answer: text('') };
}

function answerChallenge({ url }: CallbackRequest, verifyToken: string | undefined): ParsedCallback {
  const query = URL.canParse(url) ? new URL(url).searchParams : new URLSearchParams();
  const isOurs = isSameSecret(verifyToken, query.get('hub.verify_token') ?? undefined);
  if (query.get('hub.mode') !== 'subscribe' || !isOurs) return { verified: false, reason: 'the verify token is wrong' };
  return { verified: true, events: [], answer: text(query.get('hub.challenge') ?? '') };
}

/** What a webhook says, however it came. */
export function readWebhook(body: unknown, now: number): ProviderEvent[] {
  const webhook = WebhookSchema.safeParse(body);
  const changes = webhook.data?.entry.flatMap((entry) => entry.changes) ?? [];
  return changes.flatMap(({ field, value }) => READERS.get(field)?.(value, now) ?? []);
}

/** By the field of the webhook; others are not for us. */
const READERS: ReadonlyMap<string, (value: unknown, now: number) => ProviderEvent[]> = new Map([
  ['messages', readValue],
  ['message_template_status_update', readTemplateUpdate],
]);

function readTemplateUpdate(value: unknown): ProviderEvent[] {
  const status = TemplateStatusSchema.safeParse(value).data;
  return status ? [readTemplateStatus(status)] : [];
}

function readValue(raw: unknown, now: number): ProviderEvent[] {
  const value = ValueSchema.safeParse(raw).data;
  if (!value) return [];
  const names = new Map(
    (value.contacts ?? [])
      .flatMap((contact) => ContactSchema.safeParse(contact).data ?? [])
      .flatMap(({ wa_id, user_id, profile }) => [wa_id, user_id].map((id) => [id, profile.name] as const)),
  );
  const statuses = (value.statuses ?? [])
    .flatMap((status) => StatusSchema.safeParse(status).data ?? [])
    .map((status) => readStatus(status, now));
  const messages = (value.messages ?? [])
    .flatMap((message) => MessageSchema.safeParse(message).data ?? [])
    .map((message) =>
      readMessage(message, value.metadata.phone_number_id, names.get(message.from ?? message.from_user_id)),
    );
  return [...statuses, ...messages].filter((event) => event !== undefined);
}
