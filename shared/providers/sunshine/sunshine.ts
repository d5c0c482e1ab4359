import * as z from 'zod';
import { refused } from '../error-table.ts';
import { createHttp, type HttpAnswer, type HttpDeps } from '../http.ts';
import type { LookupRequest, LookupResult, Provider, Rejected, SendRequest, SendResult } from '../provider.ts';
import { sunshineAccount } from './account.ts';
import { createSunshineApi, incomprehensible, type SunshineApi } from './api.ts';
import { parseSunshineCallback } from './callback.ts';
import { createConversation, findConversation, type SunshineConversation } from './conversation.ts';
import { GONE } from './errors.ts';
import { ensureLink } from './link.ts';
import { lookUp } from './lookup.ts';
import { sunshineMessage } from './message.ts';

const PostedSchema = z.object({ messages: z.array(z.object({ id: z.string().min(1) })).min(1) });

export interface SunshineDeps extends HttpDeps {
  readonly baseUrl?: string;
}

/**
 * SMS and WhatsApp by Sunshine Conversations v2: user → conversation → client, which links the number → message. All
 * but the last call make or find something and may be repeated; only the message itself can be unclear. What reports of
 * delivery carry is Sunshine's message id alone, so that is the pointer to the message.
 * Source: github.com/zendesk/sunshine-conversations-java, `api/openapi.yaml`.
 */
export function createSunshine({ baseUrl, ...deps }: SunshineDeps = {}): Provider {
  const http = createHttp(deps);
  const now = deps.now ?? Date.now;

  const open = (request: SendRequest | LookupRequest): SunshineApi | Rejected => {
    const account = sunshineAccount(request, baseUrl);
    return 'outcome' in account
      ? account
      : createSunshineApi(http, account, { now, deadline: now() + request.timeoutMs });
  };

  async function send(request: SendRequest): Promise<SendResult> {
    if (request.content.kind === 'email')
      return refused('unsupported_content', 'content', 'Sunshine carries no email here.');
    const api = open(request);
    if ('outcome' in api) return api;
    const sent = await sendOver(api, request, request.content);
    // Merged users and deleted conversations are made anew, once.
    return sent.outcome === 'rejected' && GONE.has(sent.code) ? sendOver(api, request, request.content) : sent;
  }

  async function lookup(request: LookupRequest): Promise<LookupResult> {
    const api = open(request);
    return 'outcome' in api ? { outcome: 'unclear', message: api.message } : lookUp(api, request);
  }

  return {
    name: 'sunshine',
    touchpoints: ['sms', 'whatsapp'],
    needsPointer: true,
    send,
    lookup,
    parseCallback: (request, secret) => parseSunshineCallback(request, secret.webhookSecret, now()),
  };
}

async function sendOver(
  api: SunshineApi,
  request: SendRequest,
  content: Parameters<typeof sunshineMessage>[1],
): Promise<SendResult> {
  const conversation = await routeTo(api, request);
  if ('outcome' in conversation) return notSentYet(conversation);
  const answer = await api.post(
    `/conversations/${encodeURIComponent(conversation.id)}/messages`,
    sunshineMessage(request, content, api.account),
  );
  return 'outcome' in answer ? answer : readPosted(answer);
}

/** The conversation, with the contact's number linked to it. */
async function routeTo(api: SunshineApi, request: SendRequest): Promise<SunshineConversation | Rejected> {
  const owner = request.correlation.conversation;
  const conversation = (await findConversation(api, owner)) ?? (await createConversation(api, owner));
  if ('outcome' in conversation) return conversation;
  return (await ensureLink(api, conversation, request)) ?? conversation;
}

/** However unclear the call was, the message itself has not left. */
const notSentYet = (failure: Rejected): Rejected =>
  failure.class === 'ambiguous' ? { ...failure, class: 'retryable' } : failure;

function readPosted(answer: HttpAnswer): SendResult {
  const [message] = PostedSchema.safeParse(answer.body).data?.messages ?? [];
  return message ? { outcome: 'accepted', providerId: message.id } : incomprehensible(answer);
}
