import { type Facts, placeOf } from './facts.ts';
import type { Asked, Stored } from './history.ts';

/** What was canceled or moved away stays where it is, and an answer that says so is true for good. */
export function withdrawnStays(facts: Facts): string[] {
  const { asked, changes } = facts.history;
  const left = changes
    .filter(({ state }) => state === 'canceled' || state === 'moved')
    .flatMap((change) => {
      const place = placeOf(change);
      return isCarriedOut(facts, place, change.when.step) ? [`withdrawn: ${place} was ${change.state}, and left`] : [];
    });
  return [...left, ...movedNowhere(facts), ...asked.flatMap((one) => [...canceled(facts, one), ...moved(facts, one)])];
}

const movedNowhere = ({ messages }: Facts): string[] => {
  const places = new Set(messages.map(placeOf));
  return messages
    .filter(
      ({ conversation, movedTo }) => movedTo !== undefined && !places.has(placeOf({ conversation, key: movedTo })),
    )
    .map((message) => `moved: ${placeOf(message)} to nowhere`);
};

const placesOf = ({ history }: Facts, message: string | undefined): Stored[] =>
  history.stored.filter((stored) => stored.message.id === message);

/** Taken by a provider at any time, handed to one after `step`, or finished. */
const isCarriedOut = ({ history }: Facts, place: string, step: number): boolean =>
  history.sent.some(
    ({ request, accepted, left }) => placeOf(request.correlation) === place && (accepted || left.step > step),
  ) || history.rules.some((rule) => rule.kind === 'finished' && placeOf(rule) === place);

function canceled(facts: Facts, { kind, status, subject, answered, name }: Asked): string[] {
  if (kind !== 'cancel' || status !== 204 || !answered) return [];
  return placesOf(facts, subject)
    .filter((stored) => isCarriedOut(facts, placeOf(stored), answered.step))
    .map((stored) => `canceled: ${placeOf(stored)} left although ${name} was answered`);
}

function moved(facts: Facts, { kind, status, subject, started, answered, process, body, name }: Asked): string[] {
  if (kind !== 'move' || status !== 200 || !answered) return [];
  const { delay } = body as { delay: number };
  const stored = placesOf(facts, subject).findLast((one) => one.process === process);
  const isNear =
    stored &&
    stored.message.due >= started.at + delay - facts.skewMs &&
    stored.message.due <= answered.at + delay + facts.skewMs;
  // A message that was there already is not moved.
  const isThere = placesOf(facts, subject).some(({ message }) => message.due - answered.at <= delay);
  return isNear || (!stored && isThere) ? [] : [`moved: ${name} did not give its message the moment it was asked for`];
}
