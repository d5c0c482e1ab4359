import { checkDrafts } from '../../shared/domain/acceptance.ts';
import type { Conversation } from '../../shared/domain/conversation.ts';
import type { Message } from '../../shared/domain/message.ts';
import { untilWritten } from '../../shared/store/contention.ts';
import { attachIdentities, getConversation, reserveSequence } from '../../shared/store/conversations.ts';
import { absent, any, atMost, equals, startsWith } from '../../shared/store/expression.ts';
import { appendMessages as storeMessages } from '../../shared/store/messages.ts';
import { type Append, afterwards, changesOf, demandReachable, type Plan, planFrom, planUnread } from './append-plan.ts';
import { newMessages } from './new-messages.ts';
import type { ApiParts } from './parts.ts';
import { wake } from './wake.ts';

export interface Appended {
  readonly conversation: Conversation;
  readonly messages: readonly Message[];
}

const CLOCK_AHEAD_MS = 5_000;
const CONTENDED_STEP_MS = 5;

/**
 * Adds messages to a conversation, all or none. The usual request knows enough to do so without reading first: its
 * conditions say what it takes for granted, and what stands in the way tells the rest.
 * Answers undefined when an identity of `person` was taken meanwhile: look again whose it is.
 * Throws 400 for what cannot be sent, 404 for a conversation that is unknown or out of reach.
 */
export async function appendMessages(parts: ApiParts, append: Append): Promise<Appended | undefined> {
  checkDrafts(append.drafts);
  let known: Conversation | undefined;
  let latest = 0;
  const token = parts.ids.next(parts.clock.now());
  const reserved = await untilWritten(
    async (attempt) => {
      let plan = known ? undefined : planUnread(append, parts.clock.now());
      if (!plan) {
        known ??= await getConversation(parts.table, append.conversation, { consistent: true });
        plan = await planFrom(parts, append, demandReachable(known, append.caller));
      }
      const now = Math.max(parts.clock.now(), latest === 0 ? 0 : latest + CONTENDED_STEP_MS * 2 ** (attempt - 1));
      const attaching = (append.person?.free.length ?? 0) > 0;
      const outcome = await reserveSequence(parts.table, append.conversation, {
        count: append.drafts.length,
        now,
        token,
        changes: attaching ? {} : changesOf(plan, append.person?.profile),
        conditions: [
          any(...append.caller.paths.flatMap((path) => [equals('orgPath', path), startsWith('orgPath', `${path}#`)])),
          absent('deletedAt'),
          atMost('lastAt', now),
          ...plan.conditions,
        ],
      });
      if (outcome.reserved) return { conversation: outcome.conversation, plan, now };
      known = demandReachable(outcome.found, append.caller);
      latest = known.lastAt;
      if (latest - parts.clock.now() > CLOCK_AHEAD_MS) parts.observe.count('ClockAhead');
      return undefined;
    },
    parts.clock,
    parts.random,
    () => parts.observe.count('WriteContended'),
  );
  return store(parts, append, reserved);
}

async function store(
  parts: ApiParts,
  append: Append,
  { conversation, plan, now }: { conversation: Conversation; plan: Plan; now: number },
): Promise<Appended | undefined> {
  const messages = newMessages(
    plan.accept(conversation),
    {
      conversation: conversation.id,
      organization: conversation.organization,
      user: append.caller.user,
      acceptedAt: now,
      firstSeq: conversation.seq - append.drafts.length + 1,
    },
    parts.ids,
  );
  const { person } = append;
  const stored = await untilWritten(
    async () => {
      if (!person || person.free.length === 0) {
        await storeMessages(parts.table, messages);
        return { stored: true };
      }
      const { attached } = await attachIdentities(parts.table, {
        conversation,
        identities: person.free,
        changes: changesOf(plan, person.profile),
        messages,
      });
      return { stored: attached };
    },
    parts.clock,
    parts.random,
    () => parts.observe.count('WriteContended'),
  );
  if (!stored.stored) return undefined;
  parts.observe.count('MessageAccepted', messages.length);
  await wake(parts, messages);
  return { conversation: afterwards(conversation, plan, person?.profile), messages };
}
