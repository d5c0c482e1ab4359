import type { Conversation } from '../domain/conversation.ts';
import type { Message } from '../domain/message.ts';
import { untilWritten } from '../store/contention.ts';
import { attachIdentities, getConversation, reserveSequence, storeGuarded } from '../store/conversations.ts';
import {
  absent,
  all,
  any,
  atMost,
  type Condition,
  equals,
  exists,
  moreThan,
  part,
  startsWith,
} from '../store/expression.ts';
import { appendMessages } from '../store/messages.ts';
import type { TransactItem } from '../store/table.ts';
import {
  type Append,
  changesOf,
  demandReachable,
  notFound,
  type Plan,
  planFrom,
  planUnread,
  stillFoundBy,
} from './append-plan.ts';
import { newMessages } from './new-messages.ts';
import type { AcceptanceParts } from './parts.ts';

/** Places of a conversation, and what its messages turn out to be there. */
export interface Places {
  readonly conversation: Conversation;
  readonly plan: Plan;
  /** Time of acceptance. */
  readonly now: number;
  readonly firstSeq: number;
}

const CLOCK_AHEAD_MS = 5_000;

const attaches = ({ person }: Append): boolean => (person?.free.length ?? 0) > 0;

const within = (paths: readonly string[]): Condition[] =>
  paths.flatMap((path) => [equals('orgPath', path), startsWith('orgPath', `${path}#`)]);

/** As `seesConversation` has it. */
const reachable = ({ caller: { paths, agentPaths, user } }: Append): Condition => {
  const guestPaths = paths.filter((path) => !agentPaths.includes(path));
  const asGuest = all(any(...within(guestPaths)), exists(`participants.${part(user)}`));
  return any(...within(agentPaths), ...(guestPaths.length > 0 ? [asGuest] : []));
};

/**
 * Reserves a place for each message. The usual request knows enough to do so without reading first: its conditions say
 * what it takes for granted, and what stands in the way tells the rest. However many come at once, each
 * meets the others in an update only, never in a transaction; one whose clock is behind takes the time of the last.
 * Throws 400 for what cannot be sent, 404 for a conversation that is unknown or out of reach, or not the person's any
 * more.
 */
export async function reservePlaces(parts: AcceptanceParts, append: Append): Promise<Places> {
  let known: Conversation | undefined;
  let behindAt: number | undefined;
  const count = append.drafts.length;
  const token = parts.ids.next(parts.clock.now());
  return untilWritten(
    async () => {
      let plan = known ? undefined : planUnread(append, parts.clock.now());
      if (!plan) {
        known ??= await getConversation(parts.table, append.conversation, { consistent: true });
        plan = await planFrom(parts, append, demandReachable(known, append.caller));
      }
      const now = behindAt ?? parts.clock.now();
      const outcome = await reserveSequence(parts.table, append.conversation, {
        count,
        token,
        ...(behindAt === undefined && { now }),
        changes: attaches(append) ? {} : changesOf(plan, append.person?.profile),
        conditions: [
          reachable(append),
          absent('deletedAt'),
          ...stillFoundBy(append),
          behindAt === undefined ? atMost('lastAt', now) : moreThan('lastAt', now),
          ...plan.conditions,
        ],
      });
      if (outcome.reserved) {
        const { conversation } = outcome;
        return { conversation, plan, now: conversation.lastAt, firstSeq: conversation.seq - count + 1 };
      }
      known = demandReachable(outcome.found, append.caller);
      if (append.person?.own.some(({ name }) => !outcome.identities.has(name))) throw notFound();
      // From here on it stays true that the last time is later than this moment: no crowd can stand in the way of it.
      if (known.lastAt > now) behindAt = now;
      if (known.lastAt - now > CLOCK_AHEAD_MS) parts.observe.count('ClockAhead');
      return undefined;
    },
    parts.clock,
    parts.random,
    () => parts.observe.count('WriteContended'),
  );
}

/** The messages of a request in these places. */
export const messagesAt = (
  { ids }: AcceptanceParts,
  { caller }: Append,
  { conversation, plan, now, firstSeq }: Places,
): Message[] =>
  newMessages(
    plan.accept(conversation),
    {
      conversation: conversation.id,
      organization: conversation.organization,
      user: caller.user,
      acceptedAt: now,
      firstSeq,
    },
    ids,
  );

/**
 * Stores messages in their reserved places, with `also` in the same transaction. False: an identity was taken
 * meanwhile, or something of `also` stands already, and nothing was stored.
 */
export async function storeReserved(
  parts: AcceptanceParts,
  append: Append,
  { places, messages, also = [] }: { places: Places; messages: readonly Message[]; also?: readonly TransactItem[] },
): Promise<boolean> {
  const { table } = parts;
  const { conversation, plan } = places;
  const { person } = append;
  const outcome = await untilWritten(
    async () => {
      if (person && attaches(append)) {
        const changes = changesOf(plan, person.profile);
        const attach = {
          conversation,
          identities: person.free,
          changes,
          conditions: stillFoundBy(append),
          messages,
          also,
        };
        return { stored: (await attachIdentities(table, attach)).attached };
      }
      if (also.length > 0) return storeGuarded(table, messages, also);
      if (messages.length > 0) await appendMessages(table, messages);
      return { stored: true };
    },
    parts.clock,
    parts.random,
    () => parts.observe.count('WriteContended'),
  );
  return outcome.stored;
}
