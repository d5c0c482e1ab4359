import * as z from 'zod';
import type { Rejected } from '../provider.ts';
import { incomprehensible, type SunshineApi } from './api.ts';
import { GONE, THERE_ALREADY } from './errors.ts';

const ConversationSchema = z.object({
  id: z.string().min(1),
  metadata: z.record(z.string(), z.unknown()).nullish().catch(undefined),
});
const ListSchema = z.object({ conversations: z.array(ConversationSchema) });
const CreatedSchema = z.object({ conversation: ConversationSchema });

export type SunshineConversation = z.infer<typeof ConversationSchema>;

/** Names our conversation in the metadata of Sunshine's: a user may have others, of other makers. */
const OWNER = 'overture';

/**
 * Sunshine's conversation for one of ours; undefined when there is none yet. The user's externalId is the id of our
 * conversation, so no person is known there by an address.
 */
export async function findConversation(
  api: SunshineApi,
  owner: string,
): Promise<SunshineConversation | undefined | Rejected> {
  const query = new URLSearchParams({ 'filter[userExternalId]': owner, 'page[size]': '100' });
  const answer = await api.get(`/conversations?${query}`);
  if ('outcome' in answer) return GONE.has(answer.code) ? undefined : answer;
  const listed = ListSchema.safeParse(answer.body).data;
  if (!listed) return incomprehensible(answer);
  return listed.conversations.find(({ metadata }) => metadata?.[OWNER] === owner);
}

/** Makes the user, who may be there already, and a conversation. Repeatable: what was made is found the next time. */
export async function createConversation(api: SunshineApi, owner: string): Promise<SunshineConversation | Rejected> {
  const user = await api.post('/users', { externalId: owner });
  if ('outcome' in user && !THERE_ALREADY.has(user.code)) return user;
  const answer = await api.post('/conversations', {
    type: 'personal',
    participants: [{ userExternalId: owner, subscribeSDKClient: false }],
    metadata: { [OWNER]: owner },
  });
  if ('outcome' in answer) return answer;
  return CreatedSchema.safeParse(answer.body).data?.conversation ?? incomprehensible(answer);
}
