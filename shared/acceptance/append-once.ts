import { checkDrafts, type MessageDraft } from '../domain/acceptance.ts';
import type { Conversation } from '../domain/conversation.ts';
import type { Message } from '../domain/message.ts';
import { untilWritten } from '../store/contention.ts';
import { toConversation } from '../store/conversation-item.ts';
import { appendOnce as appendAsSeen } from '../store/conversations.ts';
import { guardKeyOf, type IdempotencyRecord, type MessagePlace, toPlace, toRecord } from '../store/idempotency.ts';
import { conversationKey, type ItemKey } from '../store/keys.ts';
import { batchGet, type Item, type TransactItem } from '../store/table.ts';
import { type Append, afterwards, changesOf, demandReachable, planFrom, stillFoundBy } from './append-plan.ts';
import { type AppendAnswer, guardsOf, type Once, readPlaces, replay } from './once.ts';
import type { AcceptanceParts } from './parts.ts';
import { messagesAt, type Places, reservePlaces, storeReserved } from './reserved-places.ts';
import { wake } from './wake.ts';

/** What a request that may come again is known by, and how it is answered. */
interface Answering {
  readonly once: Once | undefined;
  readonly status: number;
}

/**
 * Adds messages with their guards in one transaction: an `Idempotency-Key` answers a repeated request as the first, a
 * `clientId` that is used stands for the message that has it. Of concurrent twins the transaction lets one through;
 * the other reads what it did. Answers undefined when an identity of `person` was taken meanwhile.
 * Throws as `reservePlaces`, and 422 for a key that stood on another request.
 */
export async function appendOnce(
  parts: AcceptanceParts,
  append: Append,
  { once, status }: Answering,
): Promise<AppendAnswer | undefined> {
  checkDrafts(append.drafts);
  const outcome = await untilWritten<AppendAnswer | 'taken'>(
    async (attempt) => {
      // A start has looked for its record just now.
      const isLookedFor = attempt === 0 && !looksFirst(append);
      const seen = isLookedFor ? NOTHING : await look(parts, append, once);
      if (once && seen.record) return replay(parts, append.caller, once, seen.record);
      return addFresh(parts, { append, once, status, seen, inOne: attempt === 0 });
    },
    parts.clock,
    parts.random,
    () => parts.observe.count('WriteContended'),
  );
  return outcome === 'taken' ? undefined : outcome;
}

/** What the table holds of a request that may have come before. */
export interface Seen {
  readonly conversation?: Conversation;
  readonly record?: IdempotencyRecord;
  placeOf(draft: MessageDraft): MessagePlace | undefined;
}

const NOTHING: Seen = { placeOf: () => undefined };

const clientIdsOf = ({ drafts }: Append): string[] => drafts.flatMap(({ clientId }) => clientId ?? []);

/** Whether an append with guards is planned from the conversation as it stands, as a rule. */
export const looksFirst = (append: Append): boolean => !append.person || clientIdsOf(append).length > 0;

const sameKey = (item: Item, key: ItemKey): boolean => item.pk === key.pk && item.sk === key.sk;

/** The conversation, the request's record and the guards of its messages, in one consistent read. */
export async function look({ table, clock }: AcceptanceParts, append: Append, once: Once | undefined): Promise<Seen> {
  const head = conversationKey(append.conversation);
  const guardKeys = new Map(clientIdsOf(append).map((id) => [id, guardKeyOf(append.conversation, id)]));
  const items = await batchGet(table, [head, ...guardKeys.values(), ...(once ? [once.key] : [])], true);
  const itemOf = (key: ItemKey | undefined) => key && items.find((item) => sameKey(item, key));
  const conversation = itemOf(head);
  const record = toRecord(itemOf(once?.key), clock.now());
  return {
    ...(conversation && { conversation: toConversation(conversation) }),
    ...(record && { record }),
    placeOf({ clientId }) {
      const guard = clientId === undefined ? undefined : itemOf(guardKeys.get(clientId));
      return guard && toPlace(guard);
    },
  };
}

interface Addition extends Answering {
  readonly append: Append;
  readonly seen: Seen;
  /** Everything in one transaction, against the conversation as it was seen: for want of a crowd the fewest calls. */
  readonly inOne: boolean;
}

/** What is not there yet of an append. */
export const freshOf = (append: Append, seen: Seen): Append => ({
  ...append,
  drafts: append.drafts.filter((draft) => seen.placeOf(draft) === undefined),
});

/** Adds what is not there yet. Undefined: others were faster, read again. */
async function addFresh(
  parts: AcceptanceParts,
  { append, once, status, seen, inOne }: Addition,
): Promise<AppendAnswer | 'taken' | undefined> {
  const fresh = freshOf(append, seen);
  const asSeen = inOne ? seen.conversation : undefined;
  const places = asSeen ? await placesBehind(parts, fresh, asSeen) : await reservePlaces(parts, fresh);
  const { conversation, plan, now } = places;
  const messages = messagesAt(parts, fresh, places);
  const stand = inOrder(append.drafts, seen.placeOf, messages);
  const also = guardsOf(
    parts,
    { conversation: conversation.id, messages, now },
    once && { ...once, status, places: stand },
  );
  const stored = await (asSeen ? storeAsSeen : storeReserved)(parts, fresh, { places, messages, also });
  const profile = append.person?.profile;
  if (!stored) return (append.person?.free.length ?? 0) > 0 ? 'taken' : undefined;
  parts.observe.count('MessageAccepted', messages.length);
  await wake(parts, messages);
  return {
    status,
    conversation: afterwards({ ...conversation, lastAt: now, updatedAt: now }, plan, profile),
    messages: await inPlaces(parts, conversation.id, stand, messages),
  };
}

/** The places behind the last one of a conversation as it was read; whether they are free shows when they are taken. */
export async function placesBehind(parts: AcceptanceParts, append: Append, found: Conversation): Promise<Places> {
  const conversation = demandReachable(found, append.caller);
  const plan = await planFrom(parts, append, conversation);
  return { conversation, plan, now: Math.max(parts.clock.now(), conversation.lastAt), firstSeq: conversation.seq + 1 };
}

async function storeAsSeen(
  { table }: AcceptanceParts,
  append: Append,
  { places, messages, also }: { places: Places; messages: readonly Message[]; also: readonly TransactItem[] },
): Promise<boolean> {
  const { conversation, plan, now } = places;
  const changes = changesOf(plan, append.person?.profile);
  const identities = append.person?.free ?? [];
  const conditions = stillFoundBy(append);
  return (await appendAsSeen(table, conversation, { now, changes, conditions, identities, messages, also })).stored;
}

/** Where each draft's message stands, new or found, in the order of the request. */
export function inOrder(
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
export async function inPlaces(
  parts: AcceptanceParts,
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
