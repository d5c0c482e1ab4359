import { isDeepStrictEqual } from 'node:util';
import { applyRule, type ConversationState } from '../../shared/domain/rules.ts';
import { toConversation } from '../../shared/store/conversation-item.ts';
import { type Facts, placeOf } from './facts.ts';

/** Status and participants of every conversation are what its messages' rules make of them, one after the other. */
export function replayRules(facts: Facts): string[] {
  return [...facts.conversations].flatMap(([id, { conversation, messages }]) => {
    const created = facts.history.conversations.get(id);
    if (!created) return [`rules: ${id} was never created`];
    const violations: string[] = [];
    let state: ConversationState = toConversation(created);
    const deleted = facts.history.deletions.get(id)?.step ?? Number.POSITIVE_INFINITY;
    // A deleted contact's message is handed over to fail, and changes nothing.
    const steps = facts.history.rules.filter(
      (rule) => rule.conversation === id && !(rule.kind === 'looked' && rule.when.step > deleted),
    );
    for (const rule of steps.toSorted((one, other) => one.when.step - other.when.step)) {
      const message = messages.find(({ key }) => key === rule.key);
      if (!message) {
        violations.push(`rules: ${placeOf(rule)} is not there`);
        continue;
      }
      const next = applyRule(state, message, contextOf(facts));
      if (rule.kind === 'looked' && !isSame(next, state)) {
        violations.push(`rules: ${placeOf(rule)} was handed over without its rule`);
      }
      state = next;
    }
    return isSame(state, conversation)
      ? violations
      : [
          ...violations,
          `rules: ${id} is ${JSON.stringify(essence(conversation))}, not ${JSON.stringify(essence(state))}`,
        ];
  });
}

const contextOf = ({ channels, organization }: Facts) => ({
  now: 0,
  channels: channels.map((id) => ({ id, organization, isOnline: true })),
  roleOf: () => 'admin' as const,
});

/** A conversation's state without the times at which it was written. */
const essence = ({ status, participants, channels, channelsOffline }: ConversationState) => ({
  status,
  channels,
  channelsOffline,
  participants: Object.fromEntries(
    Object.entries(participants).map(([user, { role, active, accepted, inbox, unreadCount }]) => [
      user,
      { role, active, accepted, inbox, unreadCount },
    ]),
  ),
});

const isSame = (one: ConversationState, other: ConversationState): boolean =>
  isDeepStrictEqual(essence(one), essence(other));
