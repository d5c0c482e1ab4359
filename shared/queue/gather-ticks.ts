import { EnqueueError } from './send.ts';
import type { DueTick, Ticker } from './ticks.ts';

/** As many as a call of the queue takes. */
const FULL = 10;

export interface GatheringTicker extends Ticker {
  /** Sends what waits. Throws EnqueueError for all that the queue did not take since the last call. */
  flush(): Promise<void>;
}

/** For many requests at once: ticks wait for nine others, or for the end, and go in one call. `tick` never throws. */
export function gatherTicks(ticker: Ticker): GatheringTicker {
  const waiting: DueTick[] = [];
  let sent: Promise<PromiseSettledResult<void>[]>[] = [];
  const send = (count: number) => sent.push(Promise.allSettled([ticker.tick(...waiting.splice(0, count))]));
  return {
    async tick(...ticks) {
      waiting.push(...ticks);
      while (waiting.length >= FULL) send(FULL);
    },
    async flush() {
      if (waiting.length > 0) send(waiting.length);
      const outcomes = (await Promise.all(sent)).flat();
      sent = [];
      const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
      const fault = failures.find((failure) => !(failure instanceof EnqueueError));
      if (fault) throw fault;
      const count = failures.reduce((sum: number, failure: EnqueueError) => sum + failure.count, 0);
      if (count > 0) throw new EnqueueError(count);
    },
  };
}
