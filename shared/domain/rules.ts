import { type Command, commandOf } from './commands.ts';
import { type Conversation, newParticipant, type Participant, type ParticipantRole } from './conversation.ts';
import { isOutbound, type Message } from './message.ts';

/** What a rule may change of a conversation. */
export type ConversationState = Pick<Conversation, 'status' | 'participants' | 'channels' | 'channelsOffline'>;

export interface RuleContext {
  readonly now: number;
  /** The organization's channels: without routing rules a queued conversation is announced in all of them. */
  readonly organizationChannels: readonly string[];
  /** Role in the organization of users that are not participants yet. */
  roleOf(user: string): ParticipantRole;
}

type Rule = (state: ConversationState, message: Message, context: RuleContext) => ConversationState;

const JOINED = { active: true, inbox: false, unreadCount: 0 } as const;

const withParticipant = (
  state: ConversationState,
  user: string | undefined,
  change: Partial<Participant>,
  context: RuleContext,
): ConversationState => {
  if (user === undefined) return state;
  const known = state.participants[user];
  const before = known ?? newParticipant(context.roleOf(user), context.now);
  const changed = (Object.keys(change) as (keyof Participant)[]).some((flag) => before[flag] !== change[flag]);
  if (known && !changed) return state;
  return {
    ...state,
    participants: { ...state.participants, [user]: { ...before, ...change, updatedAt: context.now } },
  };
};

const activated = (state: ConversationState): ConversationState =>
  state.status === 'active' && state.channels.length === 0 && state.channelsOffline.length === 0
    ? state
    : { ...state, status: 'active', channels: [], channelsOffline: [] };

const queued = (state: ConversationState, channels: readonly string[]): ConversationState =>
  state.status === 'queued' &&
  channels.length === state.channels.length &&
  channels.every((id) => state.channels.includes(id))
    ? state
    : { ...state, status: 'queued', channels };

const accept: Rule = (state, message, context) =>
  activated(withParticipant(state, message.user, { ...JOINED, accepted: true }, context));

const join: Rule = (state, message, context) => withParticipant(state, message.user, JOINED, context);

const leave: Rule = (state, message, context) => {
  const user = message.user;
  if (user === undefined || !state.participants[user]) return state;
  const left = withParticipant(state, user, { active: false, accepted: false }, context);
  const stillAnswered = Object.values(left.participants).some((participant) => participant.accepted);
  return left.status === 'active' && !stillAnswered ? { ...left, status: 'closed' } : left;
};

const idsIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((id): id is string => typeof id === 'string') : [];

const assign: Rule = (state, message, context) =>
  idsIn(message.meta?.users).reduce<ConversationState>(
    (next, user) => withParticipant(next, user, { inbox: true }, context),
    state,
  );

const notify: Rule = (state, message, context) => {
  if (state.status === 'active') return state;
  const asked = idsIn(message.meta?.channels);
  return queued(state, asked.length > 0 ? asked : context.organizationChannels);
};

/** A message of the contact, by API or through a provider. */
const heardContact: Rule = (state, _message, context) => {
  const participants = Object.fromEntries(
    Object.entries(state.participants).map(([user, participant]) => [
      user,
      { ...participant, unreadCount: participant.unreadCount + 1, updatedAt: context.now },
    ]),
  );
  const heard = { ...state, participants };
  return state.status === 'active' ? heard : queued(heard, context.organizationChannels);
};

const unchanged: Rule = (state) => state;

const COMMAND_RULES: Readonly<Record<Command, Rule>> = {
  '/leave': leave,
  '/accept': accept,
  '/join': join,
  '/assign': assign,
  '/notify': notify,
  '/enqueue': notify,
  // Not about status or participants: see `set-command.ts`.
  '/set': unchanged,
};

const ROLE_RULES = {
  agent: accept,
  backchannel: join,
  bot: join,
  contact: heardContact,
} as const satisfies Record<string, Rule>;

const ruleFor = (message: Message): Rule => {
  if (message.type === 'status') return unchanged;
  if (message.type === 'command') {
    const command = commandOf(message.text);
    return command ? COMMAND_RULES[command] : unchanged;
  }
  if (isOutbound(message)) return ROLE_RULES.agent;
  return message.role === 'agent' ? ROLE_RULES.backchannel : ROLE_RULES[message.role];
};

/**
 * What a message does to its conversation (contract sections 2, 3 and 5). Returns the same object when it changes
 * nothing. Commands act on the user, whatever the role.
 */
export const applyRule = (state: ConversationState, message: Message, context: RuleContext): ConversationState =>
  ruleFor(message)(state, message, context);
