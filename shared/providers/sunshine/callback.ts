import * as z from 'zod';
import { parseJson } from '../parse-json.ts';
import type { CallbackAnswer, CallbackRequest, ParsedCallback } from '../provider.ts';
import { isSameSecret } from '../same-secret.ts';
import { readEvent } from './read-event.ts';

/** Events are read one by one, so that one that we do not understand does not cost us the others. */
const EnvelopeSchema = z.object({ events: z.array(z.unknown()) });

const OK: CallbackAnswer = { status: 200, contentType: 'text/plain', body: '' };
const NO_ENVELOPE: CallbackAnswer = {
  status: 400,
  contentType: 'text/plain',
  body: 'This is no webhook of version v2.',
};

/**
 * A webhook of version v2. Unverified: a header `X-API-Key` other than the secret that Sunshine made with the webhook;
 * there is no signature over the body. Sunshine does not repeat what is answered 401 or 400.
 */
export function parseSunshineCallback(
  { headers, body }: CallbackRequest,
  webhookSecret: string | undefined,
  now: number,
): ParsedCallback {
  if (!isSameSecret(webhookSecret, headers['x-api-key'])) {
    return { verified: false, reason: 'the API key is missing or wrong' };
  }
  const envelope = EnvelopeSchema.safeParse(parseJson(body.toString('utf8'))).data;
  if (!envelope) return { verified: true, events: [], answer: NO_ENVELOPE };
  return { verified: true, events: envelope.events.flatMap((event) => readEvent(event, now)), answer: OK };
}
