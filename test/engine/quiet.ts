import { isTerminal } from '../../shared/domain/message.ts';
import { parseTelephone } from '../../shared/domain/telephone.ts';
import type { Touchpoint } from '../../shared/domain/touchpoint.ts';
import { digest } from '../../shared/store/digest.ts';
import { optOutKey } from '../../shared/store/keys.ts';
import { type Facts, placeOf } from './facts.ts';
import type { Asked, Moment, Sent, Stored } from './history.ts';
import { PEPPER } from './people.ts';
import { keyOf } from './table.ts';

const isBefore = (one: Moment | undefined, other: Moment | undefined): boolean =>
  one !== undefined && other !== undefined && one.step < other.step;

const reachKey = (facts: Facts, address: string, touchpoint: Touchpoint): string => {
  const parsed = parseTelephone(address);
  const matchKey = parsed.ok ? parsed.matchKey : address;
  return keyOf(optOutKey(facts.organization, digest(PEPPER, `address:${matchKey}`), touchpoint));
};

/**
 * Nothing leaves that was claimed, or whose opt-out was read, after the STOP was stored; and nothing at all after it
 * was answered, but for a START in between.
 */
export function stopHolds(facts: Facts): string[] {
  const { sent, consents, asked } = facts.history;
  const stops = asked.filter(isStop).map((stop) => ({ ...stop, reach: reachOf(facts, stop) }));
  return sent.flatMap(({ request, touchpoint, claimed, consented, left }) => {
    const place = placeOf(request.correlation);
    if (!claimed || !consented) return [`opted out: ${place} left unclaimed, or without a look at consent`];
    const key = reachKey(facts, request.to, touchpoint);
    const own = consents.filter((consent) => consent.key === key);
    const isRenewed = (since: Moment) =>
      own.some(({ kind, when }) => kind === 'start' && isBefore(since, when) && isBefore(when, left));
    const last = (before: Moment) => own.findLast(({ when }) => isBefore(when, before))?.kind;
    const outran = last(consented) === 'stop' || (last(claimed) === 'stop' && !isRenewed(claimed));
    const answered = stops.some(
      (stop) => stop.reach === key && isBefore(stop.answered, left) && !isRenewed(stop.started),
    );
    return [
      ...(outran ? [`opted out: ${place} left all the same`] : []),
      ...(answered ? [`not quiet: ${place} left after its contact's STOP was answered`] : []),
    ];
  });
}

const CONSENT_CODES = new Set(['opted_out', 'complained', 'address_unusable']);

/** Nothing is refused for an opt-out that was not there as it was looked for: a START lifts the STOP before it. */
export function startLifts({ history }: Facts): string[] {
  return history.changes
    .filter(({ state, code = '' }) => state === 'failed' && CONSENT_CODES.has(code))
    .filter(({ consented: look }) => {
      const before = history.consents.filter(({ key, when }) => key === look?.key && isBefore(when, look));
      return before.at(-1)?.kind !== 'stop';
    })
    .map((change) => `refused: ${placeOf(change)} although nobody opted out`);
}

/** How many STOPs were stored while a message of their touchpoint was on its way to the one who wrote them. */
export function countStopRaces(facts: Facts): number {
  const { asked, stored, consents } = facts.history;
  return asked.filter(isStop).filter((stop) => {
    const { kind, when } =
      consents.find(({ key, when: { step } }) => key === reachOf(facts, stop) && step > stop.started.step) ?? {};
    const isUnderWay = ({ message, ...place }: Stored): boolean =>
      facts.requestOf(place)?.person === stop.person &&
      message.touchpoint === touchpointOf(stop) &&
      isBefore(place.when, when) &&
      !facts.history.changes.some(
        (change) => placeOf(change) === placeOf(place) && isTerminal(change.state) && isBefore(change.when, when),
      );
    return kind === 'stop' && stored.some(isUnderWay);
  }).length;
}

/** By the contact's own word or by their provider's. */
const isStop = ({ kind, body, status }: Asked): boolean =>
  status === 200 && (kind === 'told' || (kind === 'reply' && (body as { text: string }).text === 'STOP'));

const reachOf = (facts: Facts, stop: Asked): string => {
  const { telephone, address } = stop.body as { telephone?: string; address?: string };
  return reachKey(facts, telephone ?? address ?? '', touchpointOf(stop));
};

const touchpointOf = ({ body }: Asked): Touchpoint => {
  const { touchpoint, provider } = body as { touchpoint?: Touchpoint; provider?: string };
  return touchpoint ?? (provider === 'twilio' ? 'sms' : 'whatsapp');
};

/** A deleted contact is left alone, forgotten entirely, and nobody finds them. */
export function deletionHolds(facts: Facts): string[] {
  const { sent, deletions, asked } = facts.history;
  const answered = new Map<string, Moment>();
  for (const { kind, status, subject, answered: moment } of asked) {
    if (kind !== 'delete' || status !== 200 || !subject || !moment) continue;
    const known = answered.get(subject);
    if (!known || isBefore(moment, known)) answered.set(subject, moment);
  }
  return [
    ...sent.flatMap((one) => leftDeleted(one, deletions, answered)),
    ...[...answered.keys()].flatMap((conversation) => {
      const items = facts.partitions.get(conversation) ?? 0;
      return items > 0 ? [`not purged: ${items} items of ${conversation}`] : [];
    }),
    ...[...facts.partitions].flatMap(([conversation, items]) =>
      items > 0 && !facts.conversations.has(conversation) ? [`remains: ${items} items of ${conversation}`] : [],
    ),
    ...[...facts.owners].flatMap(([name, owner]) =>
      facts.conversations.get(owner)?.conversation.deletedAt === undefined && facts.conversations.has(owner)
        ? []
        : [`nobody: ${name} points to ${owner}, which is deleted`],
    ),
  ];
}

function leftDeleted(
  { request, looked, left }: Sent,
  deletions: ReadonlyMap<string, Moment>,
  answered: ReadonlyMap<string, Moment>,
): string[] {
  const { conversation } = request.correlation;
  const place = placeOf(request.correlation);
  return [
    ...(isBefore(deletions.get(conversation), looked) ? [`deleted: ${place} left all the same`] : []),
    ...(isBefore(answered.get(conversation), left) ? [`not quiet: ${place} left after its deletion was answered`] : []),
  ];
}
