import * as z from 'zod';
import { parseCorrelationFields } from '../correlation.ts';
import type { LookupRequest, LookupResult } from '../provider.ts';
import type { SunshineApi } from './api.ts';
import { findConversation } from './conversation.ts';

const MessageSchema = z.object({
  id: z.string().min(1),
  received: z.string().nullish().catch(undefined),
  metadata: z.unknown().optional(),
});
const PageSchema = z.object({
  messages: z.array(MessageSchema),
  meta: z.object({ hasMore: z.boolean().nullish(), beforeCursor: z.string().nullish() }).nullish(),
});
type Page = z.infer<typeof PageSchema>;

const MAX_PAGES = 20;
/** Sunshine's clock and ours. */
const CLOCK_SLACK_MS = 5000;

const unclear = (message: string): LookupResult => ({ outcome: 'unclear', message });

/**
 * Finds a message by the correlation in its metadata, whichever attempt made it, among those of its conversation from
 * the newest back to `since`. `absent` only after all of these were read.
 */
export async function lookUp(api: SunshineApi, request: LookupRequest): Promise<LookupResult> {
  const conversation = await findConversation(api, request.correlation.conversation);
  if (conversation === undefined) return { outcome: 'absent' };
  if ('outcome' in conversation) return unclear(conversation.message);
  const path = `/conversations/${encodeURIComponent(conversation.id)}/messages`;
  let query = '';
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = await api.get(`${path}${query}`);
    if ('outcome' in answer) return unclear(answer.message);
    const read = PageSchema.safeParse(answer.body).data;
    if (!read) return unclear('The list is not one of messages.');
    const found = read.messages.filter(isOf(request)).map(({ id }) => id);
    if (found.length > 0) return { outcome: 'found', providerIds: found };
    const before = cursorBefore(read, request.since);
    if (before === undefined) return { outcome: 'absent' };
    query = `?${new URLSearchParams({ 'page[before]': before })}`;
  }
  return unclear('The list is too long.');
}

const isOf =
  ({ correlation }: LookupRequest) =>
  ({ metadata }: Page['messages'][number]): boolean =>
    parseCorrelationFields(metadata)?.message === correlation.message;

/** Undefined when there is nothing older, or nothing that could be the one. */
function cursorBefore({ messages, meta }: Page, since: number): string | undefined {
  const isPast = messages.some(({ received }) => Date.parse(received ?? '') < since - CLOCK_SLACK_MS);
  return meta?.hasMore && !isPast ? (meta.beforeCursor ?? messages[0]?.id) : undefined;
}
