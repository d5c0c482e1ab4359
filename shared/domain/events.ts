import { isDeepStrictEqual } from 'node:util';

export type ResourceKind =
  | 'conversation'
  | 'message'
  | 'organization'
  | 'service'
  | 'channel'
  | 'watemplate'
  | 'user'
  | 'event';

type Attributes = Readonly<Record<string, unknown>>;

/** An item as it was before a write and after it; new ones have no `before`, deleted ones no `after`. */
export interface Change {
  readonly before?: Attributes | undefined;
  readonly after?: Attributes | undefined;
}

type Test = (before: Attributes | undefined, after: Attributes | undefined) => boolean;

const isNew: Test = (before, after) => before === undefined && after !== undefined;
const isGone: Test = (before, after) => before !== undefined && after === undefined;

const differs = (read: (item: Attributes) => unknown): Test => {
  return (before, after) =>
    before !== undefined && after !== undefined && !isDeepStrictEqual(read(before), read(after));
};

const pick =
  (names: readonly string[]) =>
  (item: Attributes): unknown[] =>
    names.map((name) => item[name]);

/** All but these: what nobody outside sees. */
const omit = (names: readonly string[]) => {
  const hidden = new Set(names);
  return (item: Attributes): Attributes =>
    Object.fromEntries(Object.entries(item).filter(([name]) => !hidden.has(name)));
};

/** An attribute is what it was not before. */
const becomes =
  (read: (item: Attributes) => unknown, value: unknown): Test =>
  (before, after) =>
    after !== undefined && read(after) === value && (before === undefined || read(before) !== value);

const either =
  (...tests: readonly Test[]): Test =>
  (before, after) =>
    tests.some((test) => test(before, after));

/** A moment is later than it was before. */
const advances =
  (read: (item: Attributes) => unknown): Test =>
  (before, after) =>
    before !== undefined && after !== undefined && Number(read(after) ?? 0) > Number(read(before) ?? 0);

const state = ({ state }: Attributes) => state;
const receiptStatus = ({ receipt }: Attributes) => (receipt as { status?: unknown } | undefined)?.status;

/** A message that only changed its place has the time of its acceptance, and a later one of its change. */
const isAccepted: Test = (before, after) => isNew(before, after) && after?.updatedAt === after?.createdAt;

/** States that look the same from outside, because nothing of what they tell apart is known there. */
const SHOWN_STATE: Readonly<Record<string, string>> = { sending: 'pending' };
const isOutbound = ({ role, type, isBackchannel }: Attributes): boolean =>
  role === 'agent' && type !== 'command' && isBackchannel !== true;
const shownState = (message: Attributes) =>
  isOutbound(message) ? (SHOWN_STATE[String(message.state)] ?? message.state) : undefined;

const MESSAGE_SHOWN = ['text', 'contentType', 'meta', 'actions', 'items', 'results', 'isBackchannel', 'movedTo'];
const DELIVERY_SHOWN = ['touchpoint', 'error', 'receipt', 'providerId', 'givenUp', 'fallbackUsed', 'fallbackBy'];
const shownOfDelivery = (message: Attributes) => [shownState(message), ...pick(DELIVERY_SHOWN)(message)];

const CONVERSATION_SHOWN = [
  'name',
  'status',
  'participants',
  'channels',
  'channelsOffline',
  'touchpoint',
  'services',
  'category',
  'categoryIndex',
  'language',
  'meta',
  'tags',
];

/** A conversation that is deleted is gone for everybody, though its item stays until it is purged. */
const isDeleted = ({ deletedAt }: Attributes) => deletedAt !== undefined;
const hasContact = ({ type }: Attributes): boolean => type === undefined || type === 'contact';
const ofContact =
  (test: Test): Test =>
  (before, after) =>
    hasContact(after ?? before ?? {}) && test(before, after);

type Rule = readonly [event: string, test: Test];

const configuration = (resource: string, hidden: readonly string[]): readonly (readonly Rule[])[] => [
  [
    [`${resource}.create`, isNew],
    [`${resource}.delete`, isGone],
    [`${resource}.update`, differs(omit(['updatedAt', ...hidden]))],
  ],
];

/** By kind of item, the rows of events: of each row the first that fits is raised (contract section 9). */
const RULES: Readonly<Record<Exclude<ResourceKind, 'event'>, readonly (readonly Rule[])[]>> = {
  conversation: [
    [
      ['conversation.create', isNew],
      ['conversation.delete', becomes(isDeleted, true)],
      ['conversation.update', differs(pick(CONVERSATION_SHOWN))],
    ],
    [
      ['contact.create', ofContact(isNew)],
      ['contact.delete', ofContact(becomes(isDeleted, true))],
      ['contact.update', ofContact(differs(pick(['profile', 'contactMeta'])))],
    ],
  ],
  message: [
    [
      ['message.create', isAccepted],
      ['message.delete', becomes(state, 'canceled')],
      [
        'message.error',
        either(becomes(state, 'failed'), becomes(receiptStatus, 'failed'), becomes(receiptStatus, 'expired')),
      ],
      ['message.update', differs(pick(MESSAGE_SHOWN))],
      // Not of a message by its name: the reference SDK takes whatever is called so for one that was just said.
      ['delivery.update', differs(shownOfDelivery)],
    ],
  ],
  organization: configuration('organization', ['closedAt']),
  service: [
    [['service.error', becomes(({ reason }) => reason, 'failing')], ...(configuration('service', [])[0] ?? [])],
  ],
  channel: configuration('channel', []),
  watemplate: configuration('watemplate', []),
  user: [
    ...configuration('user', ['passwordHash', 'tokensValidFrom', 'lastLoginAt']),
    [['user.login', advances(({ lastLoginAt }) => lastLoginAt)]],
  ],
};

/**
 * The events that a write of an item raises; none for what nobody outside sees of it: claims, leases, counters, places in
 * a row. `message.create` is still without the types of its conversation and message.
 */
export function eventsOf(kind: ResourceKind, { before, after }: Change): string[] {
  if (before && isDeleted(before)) return [];
  if (kind === 'event') return isNew(before, after) ? [String(after?.event)] : [];
  return RULES[kind].flatMap((row) => row.find(([, test]) => test(before, after))?.[0] ?? []);
}

/** In full: which messages, of which conversations. */
export const messageCreated = (conversationType: string, messageType: string): string =>
  `message.create.${conversationType}.${messageType}`;

/** Older name for the same (contract section 12). */
const ALIASES: Readonly<Record<string, string>> = { 'conversation.message': 'message.create.**' };

/** Whether a pattern means an event: `*` is one part of its name, `**` any number of them. */
export function fitsPattern(pattern: string, event: string): boolean {
  const parts = (ALIASES[pattern] ?? pattern).split('.');
  const names = event.split('.');
  const fitsFrom = (part: number, name: number): boolean => {
    if (part === parts.length) return name === names.length;
    if (parts[part] === '**') {
      return Array.from({ length: names.length - name + 1 }, (_, skipped) => skipped).some((skipped) =>
        fitsFrom(part + 1, name + skipped),
      );
    }
    return name < names.length && (parts[part] === '*' || parts[part] === names[name]) && fitsFrom(part + 1, name + 1);
  };
  return fitsFrom(0, 0);
}
