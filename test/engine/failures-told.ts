import { isFailed } from '../../shared/domain/failure-message.ts';
import type { Message } from '../../shared/domain/message.ts';
import { type Facts, placeOf } from './facts.ts';

const FAILURES: ReadonlySet<string | undefined> = new Set(['failed', 'expired']);

/** A conversation that is not deleted says of each message that failed that it did, and of no other. */
export function failuresTold(facts: Facts): string[] {
  const living = [...facts.conversations.values()].filter(({ conversation }) => conversation.deletedAt === undefined);
  return living.flatMap(({ messages, failures }) =>
    messages.flatMap((message) => {
      const told = failures.has(message.key);
      if (!told && isFailed(message) && mustTell(facts, message)) return [`untold: ${placeOf(message)} failed`];
      return told && !everFailed(facts, message) ? [`told: ${placeOf(message)} failed, which it did not`] : [];
    }),
  );
}

/** Of a failure that was reported after the message was sent only the report tells, if the provider gets it through. */
const mustTell = ({ history }: Facts, message: Message): boolean =>
  message.state === 'failed' ||
  history.reports.some(
    ({ place, status, done }) => placeOf(place) === placeOf(message) && done && FAILURES.has(status),
  );

const everFailed = ({ history }: Facts, message: Message): boolean =>
  history.changes.some(
    (change) => placeOf(change) === placeOf(message) && (change.state === 'failed' || FAILURES.has(change.receipt)),
  );
