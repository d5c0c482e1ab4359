import { isOutbound, type MessageRole, type MessageType } from '../../shared/domain/message.ts';
import { IDENTIFIER_OF, type Touchpoint } from '../../shared/domain/touchpoint.ts';
import { type Facts, namedIn } from './facts.ts';
import type { Asked } from './history.ts';

interface Draft {
  readonly type: MessageType;
  readonly role: MessageRole;
  readonly isBackchannel?: boolean;
  readonly clientId?: string;
  readonly touchpoint?: Touchpoint;
}

/** A contact with its conversation, as the requests so far leave it. */
interface Contact {
  readonly id: string | undefined;
  readonly email: string | undefined;
  readonly telephone: string | undefined;
  readonly touchpoint: Touchpoint | undefined;
  readonly isDeleted: boolean;
  /** Every `clientId` used. */
  readonly used: ReadonlySet<string>;
}

interface State {
  readonly contacts: readonly Contact[];
  /** Index of the contact by identifier. */
  readonly owners: ReadonlyMap<string, number>;
}

/** What a request comes to, played alone. */
interface Outcome {
  readonly state: State;
  readonly contact: number;
  readonly created: boolean;
  /** With this status. */
  readonly refused: 400 | 404 | undefined;
  /** Of its outbound messages. */
  readonly touchpoints: readonly Touchpoint[];
}

const TOO_MANY = 100_000;

/** Whether the requests of each person came to what some serial order of them would. */
export function isSomeOrder(facts: Facts): string[] {
  const people = new Set(facts.history.asked.map(({ person }) => person));
  return [...people].flatMap((person) => {
    const asked = facts.history.asked.filter((one) => one.person === person && counts(one));
    const search = { facts, visited: 0 };
    const found = findOrder(search, asked, { contacts: [], owners: new Map() });
    if (found || search.visited > TOO_MANY) return [];
    return [
      `serial: no order of ${asked.map(({ name, status }) => `${name} (${status ?? 'cut off'})`).join(', ')} ends like this`,
    ];
  });
}

/** Of what a person's requests came to: a deletion may be done and yet not answered with success. */
const counts = ({ kind, status, isReplayed }: Asked): boolean =>
  kind === 'delete' ||
  (kind !== 'cancel' && kind !== 'move' && kind !== 'told' && status !== 503 && isReplayed !== true);

interface Search {
  readonly facts: Facts;
  visited: number;
}

function findOrder(search: Search, left: readonly Asked[], state: State): boolean {
  search.visited += 1;
  if (search.visited > TOO_MANY) return false;
  if (left.length === 0) return isEnd(search.facts, state);
  const mayBeNext = left.filter(
    ({ started }) => !left.some(({ answered }) => answered !== undefined && answered.step < started.step),
  );
  return mayBeNext.some((asked) => {
    const others = left.filter((one) => one !== asked);
    const next = agree(search.facts, asked, playAlone(state, asked));
    return (
      (next !== undefined && findOrder(search, others, next)) ||
      (mayBeIgnored(asked) && findOrder(search, others, state))
    );
  });
}

/** A request that was cut off may have come to nothing. */
const mayBeIgnored = ({ status }: Asked): boolean => status === undefined || status >= 500;

const draftsIn = ({ kind, body }: Asked): readonly Draft[] => {
  const drafts = kind === 'start' ? (body as { messages: Draft[] }).messages : (body as Draft[]);
  return drafts.map((draft) => ({ ...draft, type: draft.type ?? 'chat' }));
};

function playAlone(state: State, asked: Asked): Outcome {
  if (asked.kind === 'delete') return remove(state, contactNamed(state, asked), asked);
  if (asked.kind === 'append') return appendTo(state, contactNamed(state, asked), draftsIn(asked), {});
  const given = namedIn(asked);
  const [email, telephone] = [given.email, given.telephone].map((name) =>
    name === undefined ? undefined : state.owners.get(name),
  );
  if (asked.kind === 'reply') return hear(state, telephone, asked);
  const drafts = draftsIn(asked);
  const first = drafts.find(isOutbound)?.touchpoint;
  const decides = first ? IDENTIFIER_OF[first] : 'telephone';
  const chosen = decides === 'email' ? (email ?? telephone) : (telephone ?? email);
  if (chosen === undefined) return create(state, given, drafts);
  const isConflict = email !== undefined && telephone !== undefined && email !== telephone;
  const ours = !isConflict ? given : decides === 'email' ? { email: given.email } : { telephone: given.telephone };
  return appendTo(state, chosen, drafts, ours);
}

const NOBODY: Contact = {
  id: undefined,
  email: undefined,
  telephone: undefined,
  touchpoint: undefined,
  isDeleted: false,
  used: new Set(),
};
type Given = { email?: string; telephone?: string };

function create(state: State, given: Given, drafts: readonly Draft[]): Outcome {
  const added = { contacts: [...state.contacts, NOBODY], owners: state.owners };
  const outcome = appendTo(added, state.contacts.length, drafts, given);
  return outcome.refused ? { ...outcome, state } : { ...outcome, created: true };
}

function appendTo(state: State, index: number, drafts: readonly Draft[], given: Given): Outcome {
  const contact = state.contacts[index];
  const refuse = (refused: 400 | 404): Outcome => ({ state, contact: index, created: false, refused, touchpoints: [] });
  if (!contact || contact.isDeleted) return refuse(404);
  const fresh = drafts.filter(({ clientId }) => clientId === undefined || !contact.used.has(clientId));
  let { touchpoint } = contact;
  const reachable = { email: given.email ?? contact.email, telephone: given.telephone ?? contact.telephone };
  const touchpoints: Touchpoint[] = [];
  for (const draft of fresh.filter(isOutbound)) {
    touchpoint = draft.touchpoint ?? touchpoint;
    if (touchpoint === undefined || reachable[IDENTIFIER_OF[touchpoint]] === undefined) return refuse(400);
    touchpoints.push(touchpoint);
  }
  const used = new Set([...contact.used, ...fresh.flatMap(({ clientId }) => clientId ?? [])]);
  const contacts = state.contacts.with(index, { ...contact, ...reachable, touchpoint, used });
  const owners = new Map(state.owners);
  for (const name of Object.values(given)) if (name !== undefined) owners.set(name, index);
  return { state: { contacts, owners }, contact: index, created: false, refused: undefined, touchpoints };
}

function hear(state: State, known: number | undefined, { body }: Asked): Outcome {
  const { telephone, provider } = body as { telephone: string; provider: string };
  const touchpoint = provider === 'twilio' ? 'sms' : 'whatsapp';
  const index = known ?? state.contacts.length;
  const contact = state.contacts[index] ?? { ...NOBODY, telephone };
  const contacts = [...state.contacts];
  contacts[index] = { ...contact, touchpoint };
  const owners = new Map(state.owners).set(telephone, index);
  return {
    state: { contacts, owners },
    contact: index,
    created: known === undefined,
    refused: undefined,
    touchpoints: [],
  };
}

/** Deleting again is success until the purge is through. */
function remove(state: State, index: number, { status }: Asked): Outcome {
  const contact = state.contacts[index];
  if (!contact || (contact.isDeleted && status === 404))
    return { state, contact: index, created: false, refused: 404, touchpoints: [] };
  const contacts = state.contacts.with(index, { ...contact, isDeleted: true });
  const owners = new Map([...state.owners].filter(([, owner]) => owner !== index));
  return { state: { contacts, owners }, contact: index, created: false, refused: undefined, touchpoints: [] };
}

const conversationOf = ({ kind, answer }: Asked): string | undefined => {
  if (kind === 'append') return (answer as { conversation: string }[])[0]?.conversation;
  return (answer as { id?: string }).id;
};

const contactNamed = ({ contacts }: State, { path, subject }: Asked): number =>
  contacts.findIndex(({ id }) => id !== undefined && (id === subject || path.includes(id)));

/** The state after the request, if it answered what it would have answered alone; undefined otherwise. */
function agree(facts: Facts, asked: Asked, outcome: Outcome): State | undefined {
  const { status, kind } = asked;
  if (kind === 'reply') return outcome.state;
  if (status === undefined || status >= 500) return outcome.refused ? undefined : named(facts, asked, outcome);
  if (outcome.refused || status >= 400) return outcome.refused === status ? outcome.state : undefined;
  if (kind === 'delete') return outcome.state;
  if (outcome.created !== (status === 201 && kind === 'start')) return undefined;
  const id = conversationOf(asked);
  const contact = outcome.state.contacts[outcome.contact];
  const isOther = outcome.state.contacts.some((one, index) => one.id === id && index !== outcome.contact);
  if (!contact || id === undefined || isOther || (contact.id !== undefined && contact.id !== id)) return undefined;
  if (!facts.outrun.has(id) && !isDeepEqual(touchpointsStored(facts, asked), outcome.touchpoints)) return undefined;
  return { ...outcome.state, contacts: outcome.state.contacts.with(outcome.contact, { ...contact, id }) };
}

/** A request that was cut off may be known by its repetition. */
function named({ history }: Facts, { process }: Asked, { state, contact }: Outcome): State | undefined {
  const known = state.contacts[contact];
  const id = known?.id ?? history.stored.find((stored) => stored.process === process)?.conversation;
  return known && { ...state, contacts: state.contacts.with(contact, { ...known, id }) };
}

const isDeepEqual = (one: readonly unknown[], other: readonly unknown[]): boolean =>
  one.length === other.length && one.every((value, index) => value === other[index]);

const touchpointsStored = ({ history }: Facts, asked: Asked): Touchpoint[] =>
  history.stored
    .filter(({ process, message }) => process === asked.process && isOutbound(message))
    .toSorted((one, other) => one.message.seq - other.message.seq)
    .flatMap(({ message }) => message.touchpoint ?? []);

/** Whether the table says what the state says. */
function isEnd({ owners, conversations, outrun }: Facts, state: State): boolean {
  const idOf = bind(owners, state);
  if (!idOf) return false;
  return state.contacts.every((contact, index) => {
    const conversation = conversations.get(contact.id ?? idOf.get(index) ?? '')?.conversation;
    if (contact.isDeleted) return conversation === undefined || conversation.deletedAt !== undefined;
    return (
      conversation !== undefined &&
      conversation.deletedAt === undefined &&
      (outrun.has(conversation.id) ||
        (conversation.profile.email === contact.email &&
          conversation.profile.telephone === contact.telephone &&
          conversation.touchpoint === contact.touchpoint))
    );
  });
}

/** Which conversation each contact is; undefined when identifiers of one contact belong to several. */
function bind(owners: Facts['owners'], state: State): Map<number, string> | undefined {
  const idOf = new Map<number, string>();
  for (const [name, index] of state.owners) {
    const id = owners.get(name);
    const known = idOf.get(index) ?? state.contacts[index]?.id;
    if (id === undefined || (known !== undefined && known !== id)) return undefined;
    idOf.set(index, id);
  }
  return new Set(idOf.values()).size === idOf.size ? idOf : undefined;
}
