import type { Clock } from '../../shared/runtime/clock.ts';

/** Simulated time, in steps: what is planned for one step happens at the same moment, side by side. */
export interface Timeline extends Clock {
  /** Does something at a moment, or at the next step when that is over. */
  at(moment: number, work: () => Promise<void>): void;
  /** Goes on until nothing is planned any more. */
  run(): Promise<void>;
}

const STEP_MS = 10;
/** So many invocations at once; the others of the same moment follow them. */
const SIDE_BY_SIDE = 16;

export function createTimeline(start: number): Timeline {
  let now = start;
  const planned = new Map<number, (() => Promise<void>)[]>();
  const moments: number[] = [];

  function plan(moment: number, work: () => Promise<void>): void {
    const known = planned.get(moment);
    if (known) {
      known.push(work);
      return;
    }
    planned.set(moment, [work]);
    const later = moments.findIndex((other) => other > moment);
    moments.splice(later < 0 ? moments.length : later, 0, moment);
  }

  return {
    now: () => now,
    // Nobody here waits inside an invocation for long enough to matter to the others.
    sleep: async () => {},
    at: (moment, work) => plan(Math.ceil(Math.max(moment, now + 1) / STEP_MS) * STEP_MS, work),
    async run() {
      for (let moment = moments.shift(); moment !== undefined; moment = moments.shift()) {
        now = moment;
        const works = planned.get(moment) ?? [];
        planned.delete(moment);
        while (works.length > 0) await Promise.all(works.splice(0, SIDE_BY_SIDE).map((work) => work()));
      }
    },
  };
}
