import { checkDrafts, type MessageDraft } from '../../shared/domain/acceptance.ts';
import type { Message } from '../../shared/domain/message.ts';
import { untilWritten } from '../../shared/store/contention.ts';
import { toConversation } from '../../shared/store/conversation-item.ts';
import { appendOnce as storeOnce } from '../../shared/store/conversations.ts';
import {
  guardKeyOf,
  type MessagePlace,
  putGuard,
  putRecord,
  toPlace,
  toRecord,
} from '../../shared/store/idempotency.ts';
import { conversationKey, type ItemKey } from '../../shared/store/keys.ts';
import { batchGet, type Item } from '../../shared/store/table.ts';
import { type Append, afterwards, changesOf, demandReachable, planFrom } from './append-plan.ts';
import { newMessages } from './new-messages.ts';
import { type AppendAnswer, type Once, readPlaces, replay } from './once.ts';
import type { ApiParts } from './parts.ts';
import { wake } from './wake.ts';

/**
 * Adds messages with their guards in one transaction: an `Idempotency-Key` answers a repeated request as the first, a
 * `clientId` that is used stands for the message that has it. Of concurrent twins the transaction lets one through;
 * the other reads what it did. Answers undefined when an identity of `person` was taken meanwhile.
 * Throws as `appendMessages`, and 422 for a key that stood on another request.
 */
export async function appendOnce(
  parts: ApiParts,
  append: Append,
  once: (Once & { readonly status: number }) | undefined,
): Promise<AppendAnswer | undefined> {
  checkDrafts(append.drafts);
  const outcome = await untilWritten<AppendAnswer | 'taken'>(
    () => tryOnce(parts, append, once),
    parts.clock,
    parts.random,
    () => parts.observe.count('WriteContended'),
  );
  return outcome === 'taken' ? undefined : outcome;
}

const sameKey = (item: Item, key: ItemKey): boolean => item.pk === key.pk && item.sk === key.sk;

async function tryOnce(
  parts: ApiParts,
  append: Append,
  once: (Once & { readonly status: number }) | undefined,
): Promise<AppendAnswer | 'taken' | undefined> {
  const { table, clock } = parts;
  const head = conversationKey(append.conversation);
  const named = append.drafts.flatMap(({ clientId }) => clientId ?? []);
  const guardKeys = new Map(named.map((clientId) => [clientId, guardKeyOf(append.conversation, clientId)]));
  const items = await batchGet(table, [head, ...guardKeys.values(), ...(once ? [once.key] : [])], true);
  const itemOf = (key: ItemKey | undefined) => key && items.find((item) => sameKey(item, key));

  const record = toRecord(itemOf(once?.key), clock.now());
  if (once && record) return replay(parts, append.caller, once, record);
  const stored = itemOf(head);
  const conversation = demandReachable(stored && toConversation(stored), append.caller);

  const placeOf = (draft: MessageDraft): MessagePlace | undefined => {
    const guard = draft.clientId === undefined ? undefined : itemOf(guardKeys.get(draft.clientId));
    return guard && toPlace(guard);
  };
  const fresh = append.drafts.filter((draft) => placeOf(draft) === undefined);
  const plan = await planFrom(parts, { ...append, drafts: fresh }, conversation);
  const now = Math.max(clock.now(), conversation.lastAt);
  const messages = newMessages(
    plan.accept(conversation),
    {
      conversation: conversation.id,
      organization: conversation.organization,
      user: append.caller.user,
      acceptedAt: now,
      firstSeq: conversation.seq + 1,
    },
    parts.ids,
  );
  const places = inOrder(append.drafts, placeOf, messages);
  const outcome = await storeOnce(table, conversation, {
    now,
    changes: changesOf(plan, append.person?.profile),
    identities: append.person?.free ?? [],
    messages,
    also: [
      ...messages.flatMap((message) =>
        message.clientId === undefined ? [] : [putGuard(table, conversation.id, message.clientId, message)],
      ),
      ...(once
        ? [
            putRecord(
              table,
              once.key,
              { fingerprint: once.fingerprint, status: once.status, conversation: conversation.id, messages: places },
              now,
            ),
          ]
        : []),
    ],
  });
  if (!outcome.stored) return (append.person?.free.length ?? 0) > 0 ? 'taken' : undefined;
  parts.observe.count('MessageAccepted', messages.length);
  await wake(parts, messages);
  return {
    status: once?.status ?? 200,
    conversation: afterwards({ ...conversation, lastAt: now, updatedAt: now }, plan, append.person?.profile),
    messages: await inPlaces(parts, conversation.id, places, messages),
  };
}

/** Where each draft's message stands, new or found, in the order of the request. */
function inOrder(
  drafts: readonly MessageDraft[],
  placeOf: (draft: MessageDraft) => MessagePlace | undefined,
  messages: readonly Message[],
): MessagePlace[] {
  const fresh = messages.values();
  return drafts.flatMap((draft) => {
    const found = placeOf(draft) ?? fresh.next().value;
    return found ? [{ id: found.id, key: found.key }] : [];
  });
}

/** The messages at these places: those just stored as they are, the others read. */
async function inPlaces(
  parts: ApiParts,
  conversation: string,
  places: readonly MessagePlace[],
  stored: readonly Message[],
): Promise<Message[]> {
  const known = new Map(stored.map((message) => [message.id, message]));
  const read = await readPlaces(
    parts,
    conversation,
    places.filter(({ id }) => !known.has(id)),
  );
  for (const message of read) known.set(message.id, message);
  return places.flatMap(({ id }) => known.get(id) ?? []);
}
