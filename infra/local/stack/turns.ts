import type { Environment } from './environment.ts';
import type { EnvironmentPool } from './environment-pool.ts';
import { createFairLine, type Place } from './fair-line.ts';

/** The way by which events come to a function. */
export interface Lane {
  isOpen(): boolean;
  begin(): void;
  end(): void;
}

/** A lane with at most so many of its events at work. */
export function createLane(maxConcurrency: number): Lane {
  let atWork = 0;
  return {
    isOpen: () => atWork < maxConcurrency,
    begin() {
      atWork += 1;
    },
    end() {
      atWork -= 1;
    },
  };
}

export interface Applicant extends Place {
  readonly lane: Lane;
  /** The environments of its function. */
  readonly pool: EnvironmentPool;
  /** Told when it begins. */
  readonly begun?: (() => void) | undefined;
}

export interface Turn {
  readonly environment: Environment;
  end(): void;
}

export interface Turns {
  /** Resolves when it is the event's turn, with an environment that is its own until the end. */
  take(applicant: Applicant): Promise<Turn>;
  /** There may be room for another one: an environment was loaded. */
  review(): void;
}

interface Waiting extends Applicant {
  readonly since: number;
  begin(turn: Turn): void;
}

interface Work {
  readonly group: string;
  readonly environment: Environment;
  isComputing: boolean;
  /** Since the last look; none when it began after that. */
  utilization?: () => number;
}

/** How a clock is looked at and a look is repeated. */
export interface Timer {
  now(): number;
  /** Answers how to end it. */
  every(ms: number, look: () => void): () => void;
}

const systemTimer: Timer = {
  now: () => performance.now(),
  every(ms, look) {
    const interval = setInterval(look, ms).unref();
    return () => clearInterval(interval);
  },
};

const LOOK_MS = 5;
/** Below it, an event waits: for the table, or for a provider. */
const COMPUTING_SHARE = 0.1;
/** Loading an environment takes 200 ms from the processors that the ones in use run on. */
const PATIENCE_MS = 50;
/** Beyond the processors, for events whose group computes nothing else. */
const LONE_ROOM = 1;

/**
 * The turns of all functions at the processors. No more events compute at once than there are processors: with more, each
 * would only take longer. An event that waits for others makes room, and is back at once when it has what it waited for.
 */
export function createTurns(processors: number, timer: Timer = systemTimer): Turns {
  const line = createFairLine<Waiting>();
  const atWork = new Set<Work>();
  let waiting = 0;
  let isGrowing = false;
  let endLooking: (() => void) | undefined;

  const computing = () => [...atWork].filter(({ isComputing }) => isComputing);
  const isLone = ({ group }: Place) => !computing().some((work) => work.group === group);

  function hasRoom(applicant: Waiting): boolean {
    const busy = computing().length + (isGrowing ? 1 : 0);
    return applicant.lane.isOpen() && busy < processors + (isLone(applicant) ? LONE_ROOM : 0);
  }

  const environmentFor = (applicant: Waiting) =>
    hasRoom(applicant) ? applicant.pool.idleFor(isLone(applicant)) : undefined;

  function review(): void {
    for (;;) {
      let environment: Environment | undefined;
      const next = line.next((applicant) => {
        environment = environmentFor(applicant);
        return environment !== undefined;
      });
      if (!next || !environment) break;
      begin(next, environment);
    }
    if (waiting > 0 && !isGrowing) void growWhereLacking();
    if (waiting + atWork.size > 0) endLooking ??= timer.every(LOOK_MS, look);
    else stopLooking();
  }

  function stopLooking(): void {
    endLooking?.();
    endLooking = undefined;
  }

  function begin({ group, lane, pool, begun, begin: tell }: Waiting, environment: Environment): void {
    const work: Work = { group, environment, isComputing: true };
    waiting -= 1;
    atWork.add(work);
    lane.begin();
    pool.begin(environment);
    begun?.();
    tell({
      environment,
      end() {
        atWork.delete(work);
        lane.end();
        pool.end(environment);
        line.leave(group);
        review();
      },
    });
  }

  async function growWhereLacking(): Promise<void> {
    const patientUntil = timer.now() - PATIENCE_MS;
    const lacking = line.first(
      (applicant) => applicant.since <= patientUntil && hasRoom(applicant) && applicant.pool.mayGrow(),
    );
    if (!lacking) return;
    isGrowing = true;
    await lacking.pool.grow();
    isGrowing = false;
    review();
  }

  function look(): void {
    for (const work of atWork) {
      work.isComputing = !work.utilization || work.utilization() >= COMPUTING_SHARE;
      work.utilization = work.environment.watchUtilization();
    }
    review();
  }

  return {
    take: (applicant) =>
      new Promise((begin) => {
        waiting += 1;
        line.join({ ...applicant, since: timer.now(), begin });
        review();
      }),
    review,
  };
}
