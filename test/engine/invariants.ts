import { isTerminal, type Message } from '../../shared/domain/message.ts';
import { mergeReceipt } from '../../shared/domain/receipts.ts';
import type { Table } from '../../shared/store/table.ts';
import { collectFacts, type Facts, placeOf } from './facts.ts';
import { failuresTold } from './failures-told.ts';
import type { Moment, Sent } from './history.ts';
import { countStopRaces, deletionHolds, startLifts, stopHolds } from './quiet.ts';
import { repeatsCountOnce } from './repeats.ts';
import { replayRules } from './replay-rules.ts';
import { isSomeOrder } from './serial-order.ts';
import { withdrawnStays } from './withdrawn.ts';
import type { World } from './world.ts';

export interface Verdict {
  /** Each begins with the name of the invariant. */
  readonly violations: readonly string[];
  readonly messages: number;
  /** STOPs that met a message on its way. */
  readonly stopRaces: number;
}

type Invariant = (facts: Facts) => string[];

/** What must hold at the end of every run. */
export async function judgeRun(table: Table, world: World): Promise<Verdict> {
  const facts = await collectFacts(table, world);
  const found = INVARIANTS.flatMap((invariant) => invariant(facts));
  return { violations: found, messages: facts.messages.length, stopRaces: countStopRaces(facts) };
}

const describe = (message: Message): string =>
  `${placeOf(message)} (${message.type === 'command' ? message.text : (message.touchpoint ?? message.role)}, ${message.state}, attempt ${message.attempt})`;

const stuck: Invariant = ({ messages }) =>
  messages.filter(({ state }) => !isTerminal(state)).map((message) => `stuck: ${describe(message)}`);

const sendsOf = ({ history }: Facts, { id }: Message): Sent[] =>
  history.sent.filter(({ request, accepted }) => request.correlation.message === id && accepted);

/** An email may go twice when nobody knew of the first as the second was claimed. Nothing else may. */
const sentTwice: Invariant = (facts) =>
  facts.messages.flatMap((message) => {
    const taken = sendsOf(facts, message);
    return taken.slice(1).flatMap((again, index) => {
      const earlier = taken.slice(0, index + 1);
      const isKnown = earlier.some(({ fate, known }) => fate === 'sent' && isBefore(known, again.claimed));
      const sameAttempt = earlier.some(
        ({ request }) => request.correlation.attempt === again.request.correlation.attempt,
      );
      return again.touchpoint !== 'email' || isKnown || sameAttempt ? [`twice: ${describe(message)}`] : [];
    });
  });

const isBefore = (one: Moment | undefined, other: Moment | undefined): boolean =>
  one !== undefined && other !== undefined && one.step < other.step;

/** Whether the design promises that `first` goes before `second`, which has the greater key. */
function isOrdered(facts: Facts, first: Message, second: Message): boolean {
  const one = facts.requestOf(first);
  const other = facts.requestOf(second);
  if (!one || !other || first.conversation !== second.conversation) return false;
  if (one === other) return true;
  const answered = (asked: typeof one) =>
    asked.status !== undefined && asked.status < 300 ? asked.answered : undefined;
  if (isBefore(answered(one), other.started)) return true;
  const end = answered(one);
  return isBefore(answered(other), one.started) && end !== undefined && end.at < second.due - 2 * facts.skewMs;
}

const inOrder: Invariant = (facts) =>
  [...facts.conversations.values()].flatMap(({ messages }) =>
    messages.flatMap((first) =>
      messages.flatMap((second) => {
        if (first.inbound || second.inbound || first.key >= second.key) return [];
        const [one, other] = [facts.reached(first), facts.reached(second)];
        const bySkew = facts.skewMs > 0 && second.due - first.due <= 2 * facts.skewMs;
        if (bySkew || !isBefore(other, one) || !isOrdered(facts, first, second)) return [];
        return [`order: ${describe(second)} before ${describe(first)}`];
      }),
    ),
  );

const neverEarly: Invariant = (facts) => [
  ...facts.history.sent
    .filter(({ request, left }) => left.at + facts.skewMs < dueIn(request.correlation.key))
    .map(({ request }) => `early: ${placeOf(request.correlation)}`),
  ...facts.history.rules
    .filter(({ kind, key, when }) => kind === 'finished' && when.at + facts.skewMs < dueIn(key))
    .map((rule) => `early: ${placeOf(rule)}`),
];
const dueIn = (key: string): number => Number(key.slice(2, 15));

/** What has no outside effect but on the conversation happens once. */
const finishedOnce: Invariant = ({ history, messages }) =>
  messages
    .filter(({ state, inbound }) => state === 'done' && !inbound)
    .flatMap((message) => {
      const times = history.rules.filter(
        ({ kind, ...rule }) => kind === 'finished' && placeOf(rule) === placeOf(message),
      );
      return times.length === 1 ? [] : [`finished ${times.length} times: ${describe(message)}`];
    });

/** A message that was to go first does not write its rule after the later one did. */
const notReopened: Invariant = (facts) =>
  facts.history.rules.flatMap((rule) => {
    const first = facts.messages.find((message) => placeOf(message) === placeOf(rule));
    if (rule.kind !== 'written' || !first) return [];
    const later = facts.history.rules.find((other) => {
      const second = facts.messages.find((message) => placeOf(message) === placeOf(other));
      if (other.kind !== 'finished' || !second || second.key <= first.key) return false;
      const bySkew = facts.skewMs > 0 && second.due - first.due <= 2 * facts.skewMs;
      return !bySkew && isBefore(other.when, rule.when) && isOrdered(facts, first, second);
    });
    return later ? [`reopened: by ${describe(first)} after ${placeOf(later)}`] : [];
  });

/** States and receipts go one way, and tell what happened. */
const truth: Invariant = (facts) =>
  facts.messages.flatMap((message) => {
    const changes = facts.history.changes.filter((change) => placeOf(change) === placeOf(message));
    const end = changes.findIndex(({ state }) => isTerminal(state));
    const left = end >= 0 && changes.slice(end).some(({ state }) => state !== changes[end]?.state);
    const taken = sendsOf(facts, message);
    const arrived = facts.history.reports.filter(
      ({ place, status, done }) => placeOf(place) === placeOf(message) && status !== 'failed' && done,
    );
    const gaveUp = changes.find(({ state, code }) => state === 'failed' && code === 'unknown')?.when;
    const receiptLost = arrived.some(({ status }) => {
      const known = message.receipt;
      return known === undefined || mergeReceipt(known, { status, at: 0 }) !== known;
    });
    return [
      ...(left ? [`truth: ${describe(message)} left its final state`] : []),
      ...(message.state === 'sent' && taken.length === 0 ? [`truth: ${describe(message)} was never taken`] : []),
      ...(arrived.some(({ done }) => isBefore(done, gaveUp)) ? [`truth: ${describe(message)} was reported`] : []),
      ...(receiptLost ? [`truth: ${describe(message)} lost a receipt`] : []),
    ];
  });

/** All messages of an answered request are there, but for what was purged; those of any other are, or none is. */
const nothingLost: Invariant = (facts) => {
  const { history, messages, conversations } = facts;
  const kept = new Set(messages.map(({ id }) => id));
  const purged = history.stored.filter(({ conversation }) => !conversations.has(conversation));
  for (const { message } of purged) kept.add(message.id);
  return history.asked
    .filter(({ kind }) => kind === 'start' || kind === 'append')
    .flatMap(({ name, status, body, answer, process }) => {
      const stored = new Set(history.stored.flatMap((one) => (one.process === process ? one.message.id : [])));
      const wanted = Array.isArray(body) ? body.length : (body as { messages: unknown[] }).messages.length;
      const accepted = status !== undefined && status < 300;
      const named = accepted ? idsIn(answer) : [];
      const isLost = accepted && (named.length !== wanted || !named.every((id) => kept.has(id)));
      const isHalf = stored.size !== 0 && stored.size !== wanted;
      return [
        ...(isLost ? [`lost: a message of ${name}`] : []),
        ...(isHalf ? [`half: ${stored.size} of ${wanted} messages of ${name}`] : []),
      ];
    });
};

const noFault: Invariant = ({ history }) =>
  history.asked
    .filter(({ status }) => status === 500)
    .map(({ name, answer }) => `fault: ${name} answers ${JSON.stringify(answer)}`);

const idsIn = (answer: unknown): string[] =>
  Array.isArray(answer) ? answer.map(({ id }) => id) : (answer as { messages: string[] }).messages;

const INVARIANTS: readonly Invariant[] = [
  stuck,
  sentTwice,
  inOrder,
  neverEarly,
  finishedOnce,
  notReopened,
  truth,
  nothingLost,
  noFault,
  failuresTold,
  replayRules,
  isSomeOrder,
  withdrawnStays,
  stopHolds,
  startLifts,
  deletionHolds,
  repeatsCountOnce,
];
