import { freshOf, inOrder, inPlaces, look, looksFirst, placesBehind } from '../../../shared/acceptance/append-once.ts';
import { type Append, afterwards, demandReachable, planUnread } from '../../../shared/acceptance/append-plan.ts';
import { beginConversation } from '../../../shared/acceptance/create-conversation.ts';
import {
  appendFor,
  choose,
  contactOf,
  describeStart,
  findPerson,
  goneMeansAgain,
  type Start,
} from '../../../shared/acceptance/describe-start.ts';
import { type AppendAnswer, type Once, replay } from '../../../shared/acceptance/once.ts';
import { messagesAt, type Places } from '../../../shared/acceptance/reserved-places.ts';
import { beginTeam } from '../../../shared/acceptance/start-team.ts';
import type { Caller } from '../../../shared/auth/caller.ts';
import type { StartConversation, TeamConversation } from '../../../shared/contracts/conversation-request.ts';
import { checkDrafts } from '../../../shared/domain/acceptance.ts';
import type { Conversation } from '../../../shared/domain/conversation.ts';
import type { Message } from '../../../shared/domain/message.ts';
import { untilWritten } from '../../../shared/store/contention.ts';
import { holdsFor } from '../../../shared/store/conversations.ts';
import { toRecord } from '../../../shared/store/idempotency.ts';
import { batchGet } from '../../../shared/store/table.ts';
import type { ApiParts } from '../parts.ts';

/** What a request would come to, were it made now. */
export interface Foreseen {
  /** The status that it would be answered with. */
  readonly status: number;
  /** Whether there is the conversation already. */
  readonly found: boolean;
  readonly conversation: Conversation;
  /** One for each message of the request. */
  readonly messages: readonly Message[];
  /** Ids of those that were accepted before, and would not be again. */
  readonly repeated: ReadonlySet<string>;
  readonly replayed?: boolean;
  readonly conflictingContact?: string;
}

/** What `startConversation` would do; it throws the same. Writes nothing. */
export async function foreseeStart(
  parts: ApiParts,
  caller: Caller,
  request: StartConversation,
  once: Once | undefined,
): Promise<Foreseen> {
  const start = await describeStart(parts, caller, request, once);
  return untilWritten<Foreseen>(
    async () => {
      const known = await findPerson(parts, start);
      if ('answer' in known) return asRepeated(known.answer);
      const choice = await choose(parts, start, known.owners);
      if (!choice) return foreseeNew(parts, start);
      const foreseen = await foreseeAppend(parts, appendFor(start, choice), once, 200).catch(goneMeansAgain);
      const conflictingContact = foreseen && (await contactOf(parts, choice.other));
      return foreseen && { ...foreseen, ...(conflictingContact && { conflictingContact }) };
    },
    parts.clock,
    parts.random,
    () => {},
  );
}

async function foreseeNew(parts: ApiParts, start: Start): Promise<Foreseen> {
  const begun = await beginConversation(parts, start, parts.clock.now());
  return { status: 201, found: false, ...begun, repeated: new Set() };
}

/** What `startTeam` would do; it throws the same. Writes nothing. */
export async function foreseeTeam(
  parts: ApiParts,
  caller: Caller,
  request: TeamConversation,
  once: Once | undefined,
): Promise<Foreseen> {
  const [seen] = once ? await batchGet(parts.table, [once.key], true) : [];
  const record = toRecord(seen, parts.clock.now());
  if (once && record) return asRepeated(await replay(parts, caller, once, record));
  return { status: 201, found: false, ...(await beginTeam(parts, caller, request)), repeated: new Set() };
}

/** What `append` would do; it throws the same. Writes nothing. */
export async function foreseeAppend(
  parts: ApiParts,
  append: Append,
  once: Once | undefined,
  status: number,
): Promise<Foreseen> {
  checkDrafts(append.drafts);
  const seen = await look(parts, append, once);
  if (once && seen.record) return asRepeated(await replay(parts, append.caller, once, seen.record));
  const found = demandReachable(seen.conversation, append.caller);
  const fresh = freshOf(append, seen);
  const places = await placesFor(parts, fresh, found, once);
  const added = messagesAt(parts, fresh, places);
  const messages = await inPlaces(parts, found.id, inOrder(append.drafts, seen.placeOf, added), added);
  const repeated = new Set(messages.filter((message) => !added.includes(message)).map(({ id }) => id));
  const conversation = afterwards(found, places.plan, append.person?.profile);
  return { status, found: true, conversation, messages, repeated };
}

/** Appends go by their conditions alone where they can, and those hold; else by the conversation as it stands. */
async function placesFor(
  parts: ApiParts,
  append: Append,
  conversation: Conversation,
  once: Once | undefined,
): Promise<Places> {
  const now = Math.max(parts.clock.now(), conversation.lastAt);
  const isGuarded = once !== undefined || append.drafts.some(({ clientId }) => clientId !== undefined);
  const plan = isGuarded && looksFirst(append) ? undefined : planUnread(append, now);
  return plan && (await holdsFor(parts.table, conversation.id, plan.conditions))
    ? { conversation, plan, now, firstSeq: conversation.seq + 1 }
    : placesBehind(parts, append, conversation);
}

const asRepeated = ({ status, conversation, messages }: AppendAnswer): Foreseen => ({
  status,
  found: true,
  conversation,
  messages,
  repeated: new Set(messages.map(({ id }) => id)),
  replayed: true,
});
