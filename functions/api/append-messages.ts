import type { Caller } from '../../shared/auth/caller.ts';
import { reaches } from '../../shared/auth/caller.ts';
import { type AcceptedDraft, acceptDrafts, checkDrafts, type MessageDraft } from '../../shared/domain/acceptance.ts';
import type { Conversation, Profile } from '../../shared/domain/conversation.ts';
import { RequestError } from '../../shared/domain/errors.ts';
import { isOutbound, type Message } from '../../shared/domain/message.ts';
import { IDENTIFIER_OF, type Touchpoint } from '../../shared/domain/touchpoint.ts';
import { WHATSAPP_WINDOW_MS } from '../../shared/domain/whatsapp-window.ts';
import { untilWritten } from '../../shared/store/contention.ts';
import { attachIdentities, getConversation, reserveSequence } from '../../shared/store/conversations.ts';
import {
  absent,
  any,
  atMost,
  type Changes,
  type Condition,
  differs,
  equals,
  exists,
  moreThan,
  startsWith,
} from '../../shared/store/expression.ts';
import type { Identity } from '../../shared/store/identities.ts';
import { appendMessages as storeMessages } from '../../shared/store/messages.ts';
import { acceptanceContext } from './acceptance-context.ts';
import { newMessages } from './new-messages.ts';
import type { ApiParts } from './parts.ts';
import { checkSenders } from './senders.ts';
import { wake } from './wake.ts';

export interface Append {
  readonly conversation: string;
  readonly drafts: readonly MessageDraft[];
  readonly caller: Caller;
  /** What the caller said of the contact, and the identities of it that are theirs or free. */
  readonly person?: {
    readonly profile: Profile;
    readonly free: readonly Identity[];
  };
}

export interface Appended {
  readonly conversation: Conversation;
  readonly messages: readonly Message[];
}

/** What the messages turn out to be, and what they demand of the conversation and change of it. */
interface Plan {
  readonly touchpoint?: Touchpoint;
  /** Services of touchpoints that the conversation uses for the first time. */
  readonly services: Readonly<Partial<Record<Touchpoint, readonly string[]>>>;
  readonly conditions: readonly Condition[];
  /** The messages as accepted, given the conversation that the conditions held for. */
  accept(conversation: Conversation): readonly AcceptedDraft[];
}

const CLOCK_AHEAD_MS = 5_000;
const CONTENDED_STEP_MS = 5;

const notFound = (): RequestError => new RequestError('not_found', 'Conversation not found');

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
  const reserved = await untilWritten(
    async (attempt) => {
      let plan = known ? undefined : planUnread(append, parts.clock.now());
      if (!plan) {
        known ??= await getConversation(parts.table, append.conversation, { consistent: true });
        plan = await planFrom(parts, append, demandReachable(known, append.caller));
      }
      const now = Math.max(parts.clock.now(), latest === 0 ? 0 : latest + attempt * CONTENDED_STEP_MS);
      const attaching = (append.person?.free.length ?? 0) > 0;
      const outcome = await reserveSequence(parts.table, append.conversation, {
        count: append.drafts.length,
        now,
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
        conversation: conversation.id,
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

function demandReachable(conversation: Conversation | undefined, caller: Caller): Conversation {
  if (!conversation || conversation.deletedAt !== undefined || !reaches(caller, conversation.orgPath)) throw notFound();
  return conversation;
}

const without = <T extends object>(record: T): Partial<T> =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Partial<T>;

/** Fills what the profile lacks; the addresses that the caller gave become the primary ones. */
function changesOf(plan: Plan, profile: Profile = {}): Changes {
  const { email, telephone, ...rest } = profile;
  const prefixed = (prefix: string, fields: object) =>
    Object.fromEntries(Object.entries(fields).map(([field, value]) => [`${prefix}.${field}`, value]));
  return {
    set: {
      touchpoint: plan.touchpoint,
      ...prefixed('services', plan.services),
      ...prefixed('profile', { email, telephone }),
    },
    fill: prefixed('profile', rest),
  };
}

/** The conversation with the changes of `changesOf`. */
const afterwards = (conversation: Conversation, plan: Plan, profile: Profile = {}): Conversation => {
  const { email, telephone, ...rest } = without(profile);
  return {
    ...conversation,
    ...(plan.touchpoint && { touchpoint: plan.touchpoint }),
    services: { ...conversation.services, ...plan.services },
    profile: { ...rest, ...conversation.profile, ...without({ email, telephone }) },
  };
};

/**
 * A plan that rests on conditions alone; undefined when the messages need to know more: a template, text that may be
 * too long, another sender, or a touchpoint that depends on which one is in force.
 */
function planUnread({ drafts, caller }: Append, now: number): Plan | undefined {
  const outbound = drafts.filter(isOutbound);
  const chosen = outbound.flatMap(({ touchpoint }) => touchpoint ?? []);
  const inherits = outbound[0] !== undefined && outbound[0].touchpoint === undefined;
  const needsReading =
    drafts.some(({ user }) => user !== undefined && user !== caller.user) ||
    outbound.some(({ meta, text }) => meta?.template !== undefined || !text || text.length > SHORTEST_LIMIT);
  if (needsReading || (inherits && chosen.length > 0)) return undefined;
  const windowOpen = moreThan('windowAt', now - WHATSAPP_WINDOW_MS);
  const touchpoint = chosen.at(-1);
  return {
    ...(touchpoint && { touchpoint }),
    services: {},
    conditions: [
      ...chosen.flatMap((used) => [exists(`services.${used}`), exists(`profile.${IDENTIFIER_OF[used]}`)]),
      ...(chosen.includes('whatsapp') ? [windowOpen] : []),
      ...(inherits ? [exists('touchpoint'), any(differs('touchpoint', 'whatsapp'), windowOpen)] : []),
    ],
    accept: (conversation) =>
      drafts.map((draft) => {
        const own = draft.touchpoint ?? conversation.touchpoint;
        return isOutbound(draft) && own ? { ...draft, touchpoint: own } : draft;
      }),
  };
}

/** Shorter texts fit every touchpoint (Twilio: 1,600 characters). */
const SHORTEST_LIMIT = 1600;

/** A plan made from the conversation as it was read, under the condition that what it rests on still holds. */
async function planFrom(parts: ApiParts, append: Append, conversation: Conversation): Promise<Plan> {
  const configuration = await parts.configuration.organization(conversation.organization);
  if (!configuration) throw notFound();
  await checkSenders(append.drafts, conversation.orgPath, append.caller, parts.users);
  const { email, telephone } = append.person?.profile ?? {};
  const profile = { ...conversation.profile, ...without({ email, telephone }) };
  const context = acceptanceContext(configuration, profile, conversation.language, conversation, parts.clock.now());
  const acceptance = acceptDrafts(append.drafts, context);
  const firstUsed = acceptance.used.filter((touchpoint) => conversation.services[touchpoint] === undefined);
  return {
    ...(acceptance.used.length > 0 && acceptance.touchpoint && { touchpoint: acceptance.touchpoint }),
    services: Object.fromEntries(
      firstUsed.map((touchpoint) => [touchpoint, context.services[touchpoint]?.slice(0, 1) ?? []]),
    ),
    conditions: [
      conversation.touchpoint === undefined ? absent('touchpoint') : equals('touchpoint', conversation.touchpoint),
    ],
    accept: () => acceptance.drafts,
  };
}
