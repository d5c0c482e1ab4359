import { acceptanceContext } from '../../../shared/acceptance/acceptance-context.ts';
import { judgeBy } from '../../../shared/acceptance/judge.ts';
import type { Caller } from '../../../shared/auth/caller.ts';
import type { PatchConversation } from '../../../shared/contracts/conversation-change.ts';
import { checkTouchpoint } from '../../../shared/domain/acceptance.ts';
import type { Conversation, ConversationStatus } from '../../../shared/domain/conversation.ts';
import { invalid, RequestError } from '../../../shared/domain/errors.ts';
import { applyRule, type ConversationState, end } from '../../../shared/domain/rules.ts';
import type { Touchpoint } from '../../../shared/domain/touchpoint.ts';
import { untilWritten } from '../../../shared/store/contention.ts';
import type { Changes } from '../../../shared/store/expression.ts';
import { findRuleContext } from '../../../shared/store/rule-context.ts';
import { writeChange } from '../../../shared/store/rule-writes.ts';
import type { ApiParts } from '../parts.ts';
import { demandReadable } from './read-conversation.ts';

/** Changes what the request names, all of it or nothing. Throws 400, and 404 for one that is out of reach too. */
export async function changeConversation(
  parts: ApiParts,
  caller: Caller,
  id: string,
  { status, touchpoint, ...fields }: PatchConversation,
): Promise<Conversation> {
  const { table, clock, random, observe } = parts;
  return untilWritten(
    async () => {
      const conversation = await demandReadable(table, caller, id);
      const now = clock.now();
      const { set, remove } = replacing(fields);
      const carried = touchpoint && (await carrierOf(parts, conversation, touchpoint, now));
      const next = status && (await ruledBy(parts, { conversation, status, user: caller.user, now }));
      const changes = { set: { ...set, touchpoint }, remove, ...(carried && { fill: carried }) };
      return writeChange(table, conversation, { changes, next, now });
    },
    clock,
    random,
    () => observe.count('WriteContended'),
  );
}

const replacing = (fields: Omit<PatchConversation, 'status' | 'touchpoint'>): Pick<Changes, 'set' | 'remove'> => {
  // Never removed: a `/set` reaches into it without a look.
  const { meta, ...others } = fields;
  const named = Object.entries({ ...others, ...(meta !== undefined && { meta: meta ?? {} }) });
  return {
    set: Object.fromEntries(named.filter(([, value]) => value !== undefined && value !== null)),
    remove: named.filter(([, value]) => value === null).map(([field]) => field),
  };
};

/** The service that a touchpoint goes by from now on, unless it has one already. */
async function carrierOf(
  parts: ApiParts,
  conversation: Conversation,
  touchpoint: Touchpoint,
  now: number,
): Promise<Changes['fill']> {
  if (conversation.type)
    throw invalid('touchpoint', 'makes no sense in a conversation of a team, which nothing leaves');
  const configured = await parts.configuration.organization(conversation.organization);
  if (!configured) throw new RequestError('not_found', 'Conversation not found');
  const { profile, language } = conversation;
  return judgeBy(parts, configured, (known) => {
    const context = acceptanceContext(known, profile, language, conversation, now);
    checkTouchpoint(touchpoint, 'touchpoint', context);
    return { [`services.${touchpoint}`]: context.services[touchpoint]?.slice(0, 1) };
  });
}

const COMMAND: Readonly<Record<Exclude<ConversationStatus, 'closed'>, string>> = {
  active: '/accept',
  queued: '/notify',
};

/** What becomes of a conversation that somebody gives this status: undefined when it has it. */
async function ruledBy(
  parts: ApiParts,
  by: { conversation: Conversation; status: ConversationStatus; user: string; now: number },
): Promise<ConversationState | undefined> {
  const { conversation, status, user, now } = by;
  if (conversation.status === status) return undefined;
  const from = status === 'active' ? conversation : { ...conversation, ...end(conversation, now) };
  if (status === 'closed') return from;
  const message = { type: 'command', role: 'bot', text: COMMAND[status], user } as const;
  return applyRule(from, message, await findRuleContext(parts, { conversation: from, message, now }));
}
