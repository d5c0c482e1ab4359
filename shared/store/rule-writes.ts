import type { Conversation } from '../domain/conversation.ts';
import type { Message } from '../domain/message.ts';
import type { ConversationState } from '../domain/rules.ts';
import { toConversation } from './conversation-item.ts';
import { absent, type Changes, equals, exists } from './expression.ts';
import { type Identity, takeIdentity } from './identities.ts';
import { conversationKey, messageKey } from './keys.ts';
import { putMessages, storeBodies } from './messages.ts';
import type { PropertyWrite } from './property-changes.ts';
import { checkAction, type Item, putAction, type Table, transact, updateAction, updateItem } from './table.ts';

/** Writes what a rule changed, if nobody changed the conversation since it was read. */
export async function writeRule(
  table: Table,
  conversation: Conversation,
  next: ConversationState,
  now: number,
): Promise<{ written: boolean }> {
  const outcome = await updateItem(
    table,
    conversationKey(conversation.id),
    ruleChanges(next, now),
    equals('version', conversation.version),
  );
  return { written: outcome.done };
}

/**
 * Writes what somebody changed of a conversation by hand, with what that means for status and participants (`next`).
 * Undefined: it is gone, or changed meanwhile in what `next` rests on.
 */
export async function writeChange(
  table: Table,
  conversation: Conversation,
  change: { changes: Changes; next?: ConversationState | undefined; now: number },
): Promise<Conversation | undefined> {
  const { changes, next, now } = change;
  const rule = next ? ruleChanges(next, now) : { set: { updatedAt: now } };
  const outcome = await updateItem(
    table,
    conversationKey(conversation.id),
    {
      ...rule,
      set: { ...rule.set, ...changes.set },
      fill: changes.fill ?? {},
      remove: [...(rule.remove ?? []), ...(changes.remove ?? [])],
    },
    exists('pk'),
    absent('deletedAt'),
    ...(next ? [equals('version', conversation.version)] : []),
  );
  return outcome.done ? toConversation(outcome.item) : undefined;
}

/**
 * Finishes a message that goes to nobody, together with what its rule changed (`next`) or what it sets (`write`):
 * `pending` → `done`.
 */
export async function finishWithRule(
  table: Table,
  finish: {
    conversation: Conversation;
    message: Message;
    next?: ConversationState | undefined;
    write?: PropertyWrite | undefined;
    now: number;
  },
): Promise<{ written: boolean }> {
  const { conversation, message, next, write, now } = finish;
  const head = conversationKey(conversation.id);
  const unchanged = equals('version', conversation.version);
  const changes = next ? ruleChanges(next, now) : write && withMoment(write.changes, now);
  const outcome = await transact(table, [
    updateAction(
      table,
      messageKey(message.conversation, message.key),
      { set: { state: 'done', updatedAt: now } },
      equals('state', 'pending'),
    ),
    changes
      ? updateAction(table, head, changes, unchanged, ...(write?.conditions ?? []))
      : checkAction(table, head, unchanged),
  ]);
  return { written: outcome.done };
}

/**
 * Stores a message of the contact with what it changes of the conversation, in one transaction under the version and
 * sequence that were read. `guard` is an item that may exist only once.
 */
export async function storeInbound(
  table: Table,
  inbound: {
    conversation: Conversation;
    message: Message;
    next: ConversationState;
    changes: Changes['set'];
    guard: Item;
    /** Free identities of the contact, taken along. */
    identities?: readonly Identity[];
    now: number;
  },
): Promise<'stored' | 'repeated' | 'outdated'> {
  const { conversation, message, next, identities = [], now } = inbound;
  const names = new Set(identities.map(({ name }) => name));
  await storeBodies(table, [message]);
  const rule = ruleChanges(next, now);
  const outcome = await transact(table, [
    putAction(table, inbound.guard, absent('pk')),
    updateAction(
      table,
      conversationKey(conversation.id),
      {
        ...rule,
        set: { ...rule.set, ...inbound.changes, lastAt: message.due, seq: message.seq },
        add: { ...rule.add, ...(names.size > 0 && { identities: names }) },
      },
      equals('version', conversation.version),
      equals('seq', conversation.seq),
      absent('deletedAt'),
    ),
    ...putMessages(table, [message]),
    ...identities.map((identity) => takeIdentity(table, identity, conversation.id)),
  ]);
  if (outcome.done) return 'stored';
  return outcome.actions[0]?.failed ? 'repeated' : 'outdated';
}

const withMoment = ({ set, remove }: PropertyWrite['changes'], now: number): Changes => ({
  set: { ...set, updatedAt: now },
  ...(remove && { remove }),
});

const ruleChanges = (next: ConversationState, now: number): Changes => ({
  set: {
    status: next.status,
    participants: next.participants,
    channels: next.channels,
    channelsOffline: next.channelsOffline,
    tasks: next.tasks,
    updatedAt: now,
  },
  remove: next.tasks === undefined ? ['tasks'] : [],
  add: { version: 1 },
});
