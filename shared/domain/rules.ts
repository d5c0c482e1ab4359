import { type Command, commandOf } from './commands.ts';
import { type Conversation, newParticipant, type Participant, type ParticipantRole } from './conversation.ts';
import { LIFECYCLE } from './lifecycle.ts';
import { isOutbound, type Message } from './message.ts';

/** What a rule may change of a conversation. */
export type ConversationState = Pick<
  Conversation,
  'status' | 'participants' | 'channels' | 'channelsOffline' | 'tasks'
>;

/** A channel that may announce a conversation. */
export interface Announcer {
  readonly id: string;
  readonly organization: string;
  /** Undefined where nobody says who they are: then everybody is one. */
  readonly subscribers?: readonly string[];
  /** Whether somebody is there, as far as is known. */
  readonly isOnline: boolean;
}

export interface RuleContext {
  readonly now: number;
  /** The channels of the organization and of those above it; only looked at where `needsChannels`. */
  readonly channels: readonly Announcer[];
  /** Role in the organization of users that are not participants yet; undefined for those who do not belong to it. */
  roleOf(user: string): ParticipantRole | undefined;
}

/** What decides about a message's rule. */
export type RuledMessage = Pick<Message, 'type' | 'role' | 'text' | 'user' | 'meta' | 'isBackchannel' | 'team'>;

type Rule = (state: ConversationState, message: RuledMessage, context: RuleContext) => ConversationState;

const JOINED = { active: true, inbox: false, unreadCount: 0 } as const;

const withParticipant = (
  state: ConversationState,
  user: string | undefined,
  change: Partial<Participant>,
  context: RuleContext,
): ConversationState => {
  if (user === undefined) return state;
  const known = state.participants[user];
  const before = known ?? newParticipant(context.roleOf(user) ?? 'agent', context.now);
  const changed = (Object.keys(change) as (keyof Participant)[]).some((flag) => before[flag] !== change[flag]);
  if (known && !changed) return state;
  return {
    ...state,
    participants: { ...state.participants, [user]: { ...before, ...change, updatedAt: context.now } },
  };
};

const differ = (one: readonly string[], other: readonly string[]): boolean =>
  one.length !== other.length || one.some((id) => !other.includes(id));

const showing = (
  state: ConversationState,
  next: Pick<ConversationState, 'status' | 'channels' | 'channelsOffline' | 'tasks'>,
): ConversationState =>
  state.status === next.status &&
  !differ(state.channels, next.channels) &&
  !differ(state.channelsOffline, next.channelsOffline) &&
  !differ(state.tasks ?? [], next.tasks ?? [])
    ? state
    : { ...state, ...next, tasks: next.tasks?.length ? next.tasks : undefined };

/** Withdraws what was routed, and the tasks of channels that the user is subscribed to. */
const accepted = (state: ConversationState, user: string | undefined, { channels }: RuleContext): ConversationState => {
  const isTaken = (channel: string): boolean => {
    const { subscribers } = channels.find(({ id }) => id === channel) ?? {};
    return subscribers === undefined || (user !== undefined && subscribers.includes(user));
  };
  const tasks = (state.tasks ?? []).filter((channel) => !isTaken(channel));
  return showing(state, { status: LIFECYCLE.accepted[state.status], channels: tasks, channelsOffline: [], tasks });
};

/** Announced in the channels that routing chose, beside the tasks. */
const routed = (state: ConversationState, chosen: readonly Announcer[]): ConversationState => {
  const tasks = state.tasks ?? [];
  const ids = (isOnline: boolean) => chosen.filter((channel) => channel.isOnline === isOnline).map(({ id }) => id);
  return showing(state, {
    status: LIFECYCLE.notified[state.status],
    channels: [...new Set([...tasks, ...ids(true)])],
    channelsOffline: ids(false).filter((id) => !tasks.includes(id)),
    tasks,
  });
};

/** Announced in exactly these channels beside those where it is, until one of theirs accepts. */
const tasked = (state: ConversationState, asked: readonly string[]): ConversationState =>
  showing(state, {
    status: LIFECYCLE.notified[state.status],
    channels: [...new Set([...state.channels, ...asked])],
    channelsOffline: state.channelsOffline.filter((id) => !asked.includes(id)),
    tasks: [...new Set([...(state.tasks ?? []), ...asked])],
  });

const accept: Rule = (state, message, context) =>
  accepted(withParticipant(state, message.user, { ...JOINED, accepted: true }, context), message.user, context);

const join: Rule = (state, message, context) => withParticipant(state, message.user, JOINED, context);

const leave: Rule = (state, message, context) => {
  const user = message.user;
  if (user === undefined || !state.participants[user]) return state;
  const left = withParticipant(state, user, { active: false, accepted: false }, context);
  const stillAnswered = Object.values(left.participants).some(({ active, accepted: answers }) =>
    message.team ? active : answers,
  );
  return stillAnswered ? left : showing(left, { ...left, status: LIFECYCLE.abandoned[left.status] });
};

/** Everybody leaves, and what was routed is withdrawn; tasks stay. */
export const end = (state: ConversationState, now: number): ConversationState => {
  const away = Object.entries(state.participants).map(([user, participant]): [string, Participant] => [
    user,
    participant.active || participant.accepted
      ? { ...participant, active: false, accepted: false, updatedAt: now }
      : participant,
  ]);
  const tasks = state.tasks ?? [];
  return {
    ...state,
    participants: Object.fromEntries(away),
    status: LIFECYCLE.ended[state.status],
    channels: tasks,
    channelsOffline: [],
  };
};

const idsIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((id): id is string => typeof id === 'string') : [];

/** The users that `/assign` names. */
export const assigneesOf = ({ type, text, meta }: Pick<Message, 'type' | 'text' | 'meta'>): string[] =>
  type === 'command' && commandOf(text) === '/assign' ? idsIn(meta?.users) : [];

const assign: Rule = (state, message, context) =>
  assigneesOf(message)
    .filter((user) => state.participants[user] !== undefined || context.roleOf(user) !== undefined)
    .reduce<ConversationState>((next, user) => withParticipant(next, user, { inbox: true }, context), state);

const notify: Rule = (state, message, { channels }) => {
  if (state.status === 'active') return state;
  const asked = idsIn(message.meta?.channels);
  if (asked.length > 0)
    return tasked(
      state,
      asked.filter((id) => channels.some((known) => known.id === id)),
    );
  const organizations = idsIn(message.meta?.organizations);
  return routed(
    state,
    organizations.length > 0 ? channels.filter(({ organization }) => organizations.includes(organization)) : channels,
  );
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
  return LIFECYCLE.heard[state.status] === 'queued' ? routed(heard, context.channels) : heard;
};

/** A message to the rest of a team: those who do not take part now find it in their inbox. */
const spoken: Rule = (state, message, context) => {
  const joined = withParticipant(state, message.user, JOINED, context);
  const participants = Object.fromEntries(
    Object.entries(joined.participants).map(([user, participant]) => [
      user,
      participant.active
        ? participant
        : { ...participant, inbox: true, unreadCount: participant.unreadCount + 1, updatedAt: context.now },
    ]),
  );
  const isHeard = Object.values(joined.participants).some(({ active }) => !active);
  const heard = isHeard ? { ...joined, participants } : joined;
  return showing(heard, { ...heard, status: LIFECYCLE.spoken[heard.status] });
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

const ruleFor = (message: RuledMessage): Rule => {
  if (message.type === 'status') return unchanged;
  if (message.type === 'command') {
    const command = commandOf(message.text);
    return command ? COMMAND_RULES[command] : unchanged;
  }
  if (message.team) return spoken;
  if (isOutbound(message)) return ROLE_RULES.agent;
  return message.role === 'agent' ? ROLE_RULES.backchannel : ROLE_RULES[message.role];
};

const ANNOUNCING: ReadonlySet<Rule> = new Set([notify, heardContact]);

/** Whether channels decide what a message does to a conversation. */
export const needsChannels = (state: ConversationState, message: RuledMessage): boolean =>
  ANNOUNCING.has(ruleFor(message)) ? state.status !== 'active' : (state.tasks ?? []).length > 0;

/**
 * What a message does to its conversation (contract sections 2, 3 and 5). Returns the same object when it changes
 * nothing. Commands act on the user, whatever the role.
 */
export const applyRule = (state: ConversationState, message: RuledMessage, context: RuleContext): ConversationState =>
  ruleFor(message)(state, message, context);
