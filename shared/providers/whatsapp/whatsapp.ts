import * as z from 'zod';
import { refused, rejectionOf } from '../error-table.ts';
import { createHttp, type HttpAnswer, type HttpDeps } from '../http.ts';
import { rejectionOfNetwork } from '../network-failure.ts';
import type { Provider, SendRequest, SendResult } from '../provider.ts';
import { parseWhatsappCallback } from './callback.ts';
import { WHATSAPP_ERRORS } from './errors.ts';
import { API_VERSION, GRAPH_URL } from './graph.ts';
import { whatsappPayload } from './payload.ts';

const AcceptedSchema = z.object({ messages: z.array(z.object({ id: z.string().min(1) })).min(1) });
const ErrorSchema = z.object({
  error: z.object({
    code: z.coerce.string(),
    message: z.string().optional(),
    error_data: z.object({ details: z.string().optional() }).optional().catch(undefined),
  }),
});

export interface WhatsappDeps extends HttpDeps {
  readonly baseUrl?: string;
}

/**
 * WhatsApp by Meta's Cloud API. `params`: phoneNumberId. `secret`: accessToken to send, appSecret and verifyToken for
 * webhooks. There is no lookup: Meta has no list of messages.
 */
export function createWhatsapp({ baseUrl = GRAPH_URL, ...deps }: WhatsappDeps = {}): Provider {
  const http = createHttp(deps);
  const now = deps.now ?? Date.now;

  async function send(request: SendRequest): Promise<SendResult> {
    const { content, service, secret, timeoutMs } = request;
    const { phoneNumberId } = service.params;
    if (content.kind === 'email') return refused('unsupported_content', 'content', 'An email is no WhatsApp message.');
    if (!phoneNumberId) return refused('no_sender', 'sender', 'The service lacks a phoneNumberId.');
    if (!secret.accessToken) return refused('no_credentials', 'account', 'The service lacks an access token.');
    const result = await http.postJson(
      `${baseUrl}/${API_VERSION}/${encodeURIComponent(phoneNumberId)}/messages`,
      whatsappPayload(request, content),
      { headers: { authorization: `Bearer ${secret.accessToken}` }, timeoutMs },
    );
    return result.kind === 'failure' ? rejectionOfNetwork(result) : readAnswer(result, now());
  }

  return {
    name: 'whatsapp',
    touchpoints: ['whatsapp'],
    reachesUserIds: true,
    send,
    parseCallback: (request, secret) => parseWhatsappCallback(request, secret, now()),
  };
}

function readAnswer({ status, body, retryAfterMs }: HttpAnswer, now: number): SendResult {
  const accepted = AcceptedSchema.safeParse(body);
  const id = accepted.data?.messages[0]?.id;
  if (id && status >= 200 && status < 300) return { outcome: 'accepted', providerId: id };
  const { error } = ErrorSchema.safeParse(body).data ?? {};
  const message = error?.error_data?.details ?? error?.message;
  return rejectionOf(
    WHATSAPP_ERRORS,
    {
      status,
      ...(error && { code: error.code }),
      ...(message && { message }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    },
    now,
  );
}
