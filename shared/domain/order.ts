import { isTerminal, type Message } from './message.ts';

/**
 * How far behind a message that finished in its turn an unfinished one may still appear: the longest that a request can
 * take between choosing its due time and storing its messages (the api's timeout, 10 s), and clock skew (5 s).
 */
export const LATE_ARRIVAL_MS = 15_000;

const finishedInTurn = (message: Message): boolean =>
  isTerminal(message.state) &&
  !message.inbound &&
  message.type !== 'status' &&
  message.state !== 'canceled' &&
  message.state !== 'moved';

export interface PredecessorSearch {
  /** Looks at the next older message; returns true when the search is over. */
  visit(message: Message): boolean;
  /** The nearest older message that is not finished, once the search is over. */
  found(): Message | undefined;
}

/**
 * Finds the message that must finish before ours. Fed with older messages, newest first. Canceled, moved, inbound
 * and status ones say nothing about those behind them; one that finished in its turn vouches for all but late arrivals.
 */
export function createPredecessorSearch(): PredecessorSearch {
  let predecessor: Message | undefined;
  let horizon: number | undefined;
  return {
    visit(message) {
      if (horizon !== undefined && message.due < horizon) return true;
      if (!isTerminal(message.state)) {
        predecessor = message;
        return true;
      }
      if (horizon === undefined && finishedInTurn(message)) horizon = message.due - LATE_ARRIVAL_MS;
      return false;
    },
    found: () => predecessor,
  };
}
