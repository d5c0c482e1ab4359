import * as z from 'zod';
import type { Rejected, SendRequest } from '../provider.ts';
import { incomprehensible, type SunshineApi } from './api.ts';
import type { SunshineConversation } from './conversation.ts';
import { GONE, THERE_ALREADY } from './errors.ts';

const ClientSchema = z.object({
  id: z.string(),
  integrationId: z.string().nullish(),
  externalId: z.string().nullish(),
  status: z.string().nullish(),
});
type Client = z.infer<typeof ClientSchema>;
const ListSchema = z.object({ clients: z.array(ClientSchema) });
const CreatedSchema = z.object({ client: ClientSchema });

/** In the metadata of the conversation: which message last asked for a link, so that it does not ask for ever. */
const ASKED_BY = 'overtureLink';
const PENDING_MS = 2000;

const rejected = (failure: Pick<Rejected, 'class' | 'code' | 'message' | 'effect' | 'retryAfterMs'>): Rejected => ({
  outcome: 'rejected',
  scope: 'recipient',
  ...failure,
});
const PENDING = rejected({
  class: 'retryable',
  code: 'link_pending',
  message: 'Sunshine has not linked the number yet.',
  retryAfterMs: PENDING_MS,
});
const REFUSED = rejected({
  class: 'permanent',
  code: 'link_refused',
  message: 'Sunshine dropped the link: the channel knows no such number.',
});
const BLOCKED = rejected({
  class: 'permanent',
  code: 'client_blocked',
  message: 'The contact blocked the channel.',
  effect: 'opt_out',
});

/**
 * Links the contact's number to the conversation, so that messages go there; undefined when it is linked. A link is
 * asked for once and confirms itself after a moment: until then the message comes again. Sunshine takes a link that
 * fails away: a message that asked for one and finds none is refused. Clients of other numbers of the same integration
 * are removed, for a message must not reach a number that the contact gave up.
 */
export async function ensureLink(
  api: SunshineApi,
  conversation: SunshineConversation,
  request: SendRequest,
): Promise<Rejected | undefined> {
  const user = `/users/${encodeURIComponent(request.correlation.conversation)}`;
  const answer = await api.get(`${user}/clients?${new URLSearchParams({ 'page[size]': '100' })}`);
  if ('outcome' in answer) return answer;
  const listed = ListSchema.safeParse(answer.body).data;
  if (!listed) return incomprehensible(answer);
  const here = listed.clients.filter(({ integrationId }) => integrationId === api.account.integrationId);
  for (const { id } of here.filter((client) => isOther(client, request.to))) {
    const removed = await api.remove(`${user}/clients/${encodeURIComponent(id)}`);
    if ('outcome' in removed && !GONE.has(removed.code)) return removed;
  }
  const client = here.find((candidate) => !isOther(candidate, request.to) && candidate.status !== 'inactive');
  if (client) return judge(client);
  const { message } = request.correlation;
  return conversation.metadata?.[ASKED_BY] === message ? REFUSED : askForLink(api, conversation, request, user);
}

const digitsOf = (address: string): string => address.replaceAll(/\D/g, '');
/** A client that still waits may not have its number yet. */
const isOther = ({ externalId }: Client, to: string): boolean => !!externalId && digitsOf(externalId) !== digitsOf(to);

function judge({ status }: Client): Rejected | undefined {
  if (status === 'active') return undefined;
  return status === 'blocked' ? BLOCKED : PENDING;
}

async function askForLink(
  api: SunshineApi,
  conversation: SunshineConversation,
  { to, correlation }: SendRequest,
  user: string,
): Promise<Rejected | undefined> {
  const answer = await api.post(`${user}/clients`, {
    matchCriteria: {
      type: api.account.channel,
      integrationId: api.account.integrationId,
      phoneNumber: to,
      primary: true,
    },
    confirmation: { type: 'immediate' },
    target: { conversationId: conversation.id },
  });
  if ('outcome' in answer) return THERE_ALREADY.has(answer.code) ? PENDING : answer;
  const client = CreatedSchema.safeParse(answer.body).data?.client;
  const verdict = client ? judge(client) : PENDING;
  if (verdict !== PENDING) return verdict;
  // Without this note the next attempt merely asks once more.
  await api.patch(`/conversations/${encodeURIComponent(conversation.id)}`, {
    metadata: { ...conversation.metadata, [ASKED_BY]: correlation.message },
  });
  return PENDING;
}
