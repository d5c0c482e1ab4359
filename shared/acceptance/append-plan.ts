import { type Caller, seesConversation } from '../auth/caller.ts';
import { type AcceptedDraft, acceptDrafts, checkTeamDrafts, forTeam, type MessageDraft } from '../domain/acceptance.ts';
import type { Conversation, Profile } from '../domain/conversation.ts';
import { invalid, RequestError } from '../domain/errors.ts';
import { isOutbound } from '../domain/message.ts';
import {
  exceedsMeta,
  isSetNow,
  MAX_META_KEYS,
  type PropertyChanges,
  propertyChangesOf,
  withProperties,
} from '../domain/set-command.ts';
import { isLandline } from '../domain/telephone.ts';
import { IDENTIFIER_OF, type Touchpoint } from '../domain/touchpoint.ts';
import { WHATSAPP_WINDOW_MS } from '../domain/whatsapp-window.ts';
import {
  absent,
  all,
  any,
  type Changes,
  type Condition,
  contains,
  differs,
  equals,
  exists,
  moreThan,
  sameAs,
} from '../store/expression.ts';
import type { Identity } from '../store/identities.ts';
import { type PropertyWrite, writeProperties } from '../store/property-changes.ts';
import { acceptanceContext } from './acceptance-context.ts';
import { judgeBy } from './judge.ts';
import type { AcceptanceParts } from './parts.ts';
import { checkSenders } from './senders.ts';

export interface Append {
  readonly conversation: string;
  readonly drafts: readonly MessageDraft[];
  readonly caller: Caller;
  /** What the caller said of the contact, and the identities of it that are free, and those that are theirs. */
  readonly person?: {
    readonly profile: Profile;
    readonly free: readonly Identity[];
    readonly own: readonly Identity[];
  };
}

/** The identities that the contact was found by are still theirs: a `PATCH` may move them meanwhile. */
export const stillFoundBy = ({ person }: Append): Condition[] =>
  (person?.own ?? []).map(({ name }) => contains('identities', name));

/** What the messages turn out to be, and what they demand of the conversation and change of it. */
export interface Plan {
  readonly touchpoint?: Touchpoint;
  /** Services of touchpoints that the conversation uses for the first time. */
  readonly services: Readonly<Partial<Record<Touchpoint, readonly string[]>>>;
  readonly conditions: readonly Condition[];
  /** What `/set` changes at once, and how it is written. */
  readonly properties?: PropertyChanges;
  readonly write?: PropertyWrite['changes'];
  /** The messages as accepted, given the conversation that the conditions held for. */
  accept(conversation: Conversation): readonly AcceptedDraft[];
}

export const notFound = (): RequestError => new RequestError('not_found', 'Conversation not found');

export const metaIsFull = (path: string): RequestError =>
  invalid(path, `would give the conversation more than ${MAX_META_KEYS} keys in meta`);

/** The conversation, if it is there and the caller reaches it. Throws 404, the same for both. */
export function demandReachable(conversation: Conversation | undefined, caller: Caller): Conversation {
  if (!conversation || conversation.deletedAt !== undefined || !seesConversation(caller, conversation))
    throw notFound();
  return conversation;
}

const without = <T extends object>(record: T): Partial<T> =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Partial<T>;

/** Fills what the profile lacks; the addresses that the caller gave become the primary ones. */
export function changesOf(plan: Plan, profile: Profile = {}): Changes {
  const { email, telephone, ...rest } = profile;
  const prefixed = (prefix: string, fields: object) =>
    Object.fromEntries(Object.entries(fields).map(([field, value]) => [`${prefix}.${field}`, value]));
  return {
    set: {
      touchpoint: plan.touchpoint,
      ...prefixed('services', plan.services),
      ...prefixed('profile', { email, telephone }),
      ...plan.write?.set,
    },
    fill: prefixed('profile', rest),
    // A landline takes no SMS: without its service the next append has to look, and is refused.
    remove: [...(isLandline(telephone) ? ['services.sms'] : []), ...(plan.write?.remove ?? [])],
  };
}

/** The conversation with the changes of `changesOf`. */
export const afterwards = (conversation: Conversation, plan: Plan, profile: Profile = {}): Conversation => {
  const { email, telephone, ...rest } = without(profile);
  return {
    ...withProperties(conversation, plan.properties),
    ...(plan.touchpoint && { touchpoint: plan.touchpoint }),
    services: { ...conversation.services, ...plan.services },
    profile: { ...rest, ...conversation.profile, ...without({ email, telephone }) },
  };
};

/**
 * A plan that rests on conditions alone; undefined when the messages need to know more: a template, text that may be
 * too long, another sender, a landline, several touchpoints, or one that depends on which one is in force.
 */
export function planUnread({ drafts, caller, person }: Append, now: number): Plan | undefined {
  const outbound = drafts.filter(isOutbound);
  const chosen = outbound.flatMap(({ touchpoint }) => touchpoint ?? []);
  const inherits = inheritsTouchpoint(drafts);
  const needsReading =
    drafts.some(({ user }) => user !== undefined && user !== caller.user) ||
    isLandline(person?.profile.telephone) ||
    outbound.some(
      ({ meta, text, touchpoints }) =>
        touchpoints !== undefined ||
        meta?.template !== undefined ||
        meta?.fallbackTemplate !== undefined ||
        !text ||
        text.length > SHORTEST_LIMIT,
    );
  if (needsReading || (inherits && chosen.length > 0)) return undefined;
  const windowOpen = all(moreThan('windowAt', now - WHATSAPP_WINDOW_MS), sameAs('windowBy', 'services.whatsapp[0]'));
  const touchpoint = chosen.at(-1);
  const properties = propertyChangesOf(drafts.filter(isSetNow));
  const write = properties && writeProperties(properties);
  return {
    ...(touchpoint && { touchpoint }),
    ...(write && { properties, write: write.changes }),
    services: {},
    conditions: [
      ...(write?.conditions ?? []),
      ...(drafts.some(({ role, type }) => role === 'contact' && type !== 'command') ? [absent('type')] : []),
      ...chosen.flatMap((used) => [exists(`services.${used}`), hasAddress(used)]),
      ...(chosen.includes('whatsapp') ? [windowOpen] : []),
      ...(inherits
        ? [
            // What is for a team needs no touchpoint.
            any(
              exists('type'),
              all(
                exists('touchpoint'),
                any(differs('touchpoint', 'whatsapp'), windowOpen),
                any(differs('touchpoint', 'sms'), exists('services.sms')),
              ),
            ),
          ]
        : []),
    ],
    accept: (conversation) => {
      if (conversation.type) return drafts.map(forTeam);
      let inForce = inherits ? conversation.touchpoint : undefined;
      return drafts.map(({ touchpoints: _none, ...draft }) => {
        if (!isOutbound(draft)) return draft;
        inForce = draft.touchpoint ?? inForce;
        return inForce ? { ...draft, touchpoint: inForce } : draft;
      });
    },
  };
}

const hasAddress = (touchpoint: Touchpoint): Condition => {
  const identifier = exists(`profile.${IDENTIFIER_OF[touchpoint]}`);
  return touchpoint === 'whatsapp' ? any(identifier, exists('profile.whatsappId')) : identifier;
};

/** Whether the first outbound message takes the touchpoint in force. */
const inheritsTouchpoint = (drafts: readonly MessageDraft[]): boolean => {
  const first = drafts.find(isOutbound);
  return first !== undefined && first.touchpoint === undefined && first.touchpoints === undefined;
};

/** Shorter texts fit every touchpoint (Twilio: 1,600 characters). */
const SHORTEST_LIMIT = 1600;

/** A plan made from the conversation as it was read, under the condition that what it rests on still holds. */
export async function planFrom(parts: AcceptanceParts, append: Append, conversation: Conversation): Promise<Plan> {
  const configuration = await parts.configuration.organization(conversation.organization);
  if (!configuration) throw notFound();
  await checkSenders(append.drafts, conversation.orgPath, append.caller, parts.users);
  const properties = propertyChangesOf(append.drafts.filter(isSetNow));
  if (properties && exceedsMeta(conversation, properties)) throw metaIsFull('messages');
  const write = properties && writeProperties(properties, conversation);
  const setting = { ...(write && { properties, write: write.changes }), conditions: write?.conditions ?? [] };
  if (conversation.type) {
    checkTeamDrafts(append.drafts);
    return { ...setting, services: {}, accept: () => append.drafts.map(forTeam) };
  }
  const { email, telephone } = append.person?.profile ?? {};
  const profile = { ...append.person?.profile, ...conversation.profile, ...without({ email, telephone }) };
  const { context, acceptance } = await judgeBy(parts, configuration, (known) => {
    const context = acceptanceContext(known, profile, conversation.language, conversation, parts.clock.now());
    return { context, acceptance: acceptDrafts(append.drafts, context) };
  });
  const firstUsed = acceptance.used.filter((touchpoint) => conversation.services[touchpoint] === undefined);
  return {
    ...(acceptance.used.length > 0 && acceptance.touchpoint && { touchpoint: acceptance.touchpoint }),
    ...setting,
    services: Object.fromEntries(
      firstUsed.map((touchpoint) => [touchpoint, context.services[touchpoint]?.slice(0, 1) ?? []]),
    ),
    conditions: [
      ...setting.conditions,
      ...(inheritsTouchpoint(append.drafts)
        ? [conversation.touchpoint === undefined ? absent('touchpoint') : equals('touchpoint', conversation.touchpoint)]
        : []),
    ],
    accept: () => acceptance.drafts,
  };
}
