import type { Clock } from '../../shared/runtime/clock.ts';
import type { Chance, Faults } from './faults.ts';
import type { MessagePlace } from './history.ts';
import type { Random } from './random.ts';

/** One invocation of a function. It stops at every pause, where others may go on, and where it may end. */
export interface Process {
  readonly id: number;
  readonly name: string;
  /** The message it was started for. */
  readonly subject: MessagePlace | undefined;
  /** The step it began in. */
  readonly begun: number;
  /** The clock of the machine it runs on. */
  readonly clock: Clock;
  /** World time at which it is stopped. */
  readonly deadline: number;
  /** Stands still, at least for `ms`. */
  pause(ms?: number): Promise<void>;
}

export type Ending = { readonly how: 'done' } | { readonly how: 'killed' } | { readonly how: 'threw'; error: unknown };

export interface Invocation {
  readonly name: string;
  readonly subject?: MessagePlace;
  readonly lifeMs: number;
  work(process: Process): Promise<void>;
  ended?(ending: Ending): void;
}

/** Something else that may happen next, such as a queue with messages to receive. */
export interface Source {
  isReady(now: number): boolean;
  take(): void;
  /** World time at which it is ready next. */
  nextAt(): number;
}

export interface Scheduler {
  readonly random: Random;
  readonly faults: Faults;
  /** World time, epoch milliseconds. */
  now(): number;
  /** Counts what has happened, so that no two things happened at once. */
  step(): number;
  spawn(invocation: Invocation): Process;
  at(moment: number, act: () => void): void;
  addSource(source: Source): void;
  /** Whether this goes wrong now. */
  fault(chance: Chance): boolean;
  /** Awaits something outside of the simulation, while everything in it stands still. */
  real<T>(promise: Promise<T>): Promise<T>;
  /** Ends what goes wrong. */
  calm(): void;
  isCalm(): boolean;
  /** Runs until nothing is left to happen; false when that takes too many steps. */
  run(): Promise<boolean>;
  log(...words: unknown[]): void;
}

/** 2026-01-01T00:00:00Z, so that the keys of messages have their usual length. */
export const WORLD_START = 1_767_225_600_000;
const MAX_STEPS = 60_000;
/** Of the steps: a run that has not ended by then goes on without faults. */
const CALM_AFTER = MAX_STEPS / 2;
const STEP_MS = 20;
/** Processes run more often than queues deliver and timers ring. */
const PROCESS_WEIGHT = 3;

interface Gate {
  readonly process: RunningProcess;
  at: number;
  open(): void;
}
interface RunningProcess extends Process {
  readonly invocation: Invocation;
  alive: boolean;
}

const immediate = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const nothing = (): void => {};

export function createScheduler(random: Random, faults: Faults, trace?: (line: string) => void): Scheduler {
  let now = WORLD_START;
  let step = 0;
  let processes = 0;
  let isCalm = false;
  let outside: Promise<unknown> | undefined;
  const gates: Gate[] = [];
  const timers: { at: number; act: () => void }[] = [];
  const sources: Source[] = [];

  const fault = (chance: Chance): boolean => !isCalm && random.chance(faults[chance]);
  const log = (...words: unknown[]): void => trace?.(`${now - WORLD_START} ${words.map(String).join(' ')}`);

  function end(process: RunningProcess, ending: Ending): void {
    if (!process.alive) return;
    process.alive = false;
    for (let index = gates.length - 1; index >= 0; index--)
      if (gates[index]?.process === process) gates.splice(index, 1);
    const reason = ending.how === 'threw' ? String(ending.error) : '';
    if (ending.how !== 'done') log(process.name, `#${process.id}`, ending.how, reason);
    process.invocation.ended?.(ending);
  }

  function spawn(invocation: Invocation): Process {
    const skew = faults.skewMs > 0 ? random.below(2 * faults.skewMs + 1) - faults.skewMs : 0;
    const pause = (ms = 0): Promise<void> =>
      new Promise((resolve) => {
        if (process.alive) gates.push({ process, at: now + Math.ceil(ms), open: resolve });
      });
    const process: RunningProcess = {
      id: ++processes,
      name: invocation.name,
      subject: invocation.subject,
      begun: step,
      clock: { now: () => now + skew, sleep: (ms) => pause(ms) },
      deadline: now + invocation.lifeMs,
      pause,
      invocation,
      alive: true,
    };
    invocation.work(process).then(
      () => end(process, { how: 'done' }),
      (error: unknown) => end(process, { how: 'threw', error }),
    );
    return process;
  }

  /** Until every process stands at a pause: all that a process does between pauses is done in microtasks. */
  async function settle(): Promise<void> {
    for (;;) {
      await immediate();
      if (!outside) return;
      const awaited = outside;
      outside = undefined;
      await awaited;
    }
  }

  function goOn(gate: Gate): void {
    if (now > gate.process.deadline || fault('kill')) {
      end(gate.process, { how: 'killed' });
      return;
    }
    if (fault('stall')) {
      gate.at = now + random.below(faults.stallMaxMs);
      return;
    }
    gates.splice(gates.indexOf(gate), 1);
    gate.open();
  }

  function ring(): void {
    const timer = random.pick(timers.filter(({ at }) => at <= now));
    timers.splice(timers.indexOf(timer), 1);
    timer.act();
  }

  function choices(): (() => void)[] {
    const ready = gates.filter(({ at }) => at <= now);
    const goOnWithOne = () => goOn(random.pick(ready));
    return [
      ...(ready.length > 0 ? Array.from({ length: PROCESS_WEIGHT }, () => goOnWithOne) : []),
      ...sources.filter((source) => source.isReady(now)).map((source) => () => source.take()),
      ...(timers.some(({ at }) => at <= now) ? [ring] : []),
    ];
  }

  const nextMoment = (): number =>
    Math.min(...gates.map(({ at }) => at), ...timers.map(({ at }) => at), ...sources.map((source) => source.nextAt()));

  async function run(): Promise<boolean> {
    for (;;) {
      await settle();
      const possible = choices();
      if (possible.length === 0) {
        const next = nextMoment();
        if (next === Number.POSITIVE_INFINITY) return true;
        now = Math.max(now, next);
        continue;
      }
      step += 1;
      if (step > MAX_STEPS) return false;
      if (step > CALM_AFTER) isCalm = true;
      now += random.below(STEP_MS);
      random.pick(possible)();
    }
  }

  return {
    random,
    faults,
    now: () => now,
    step: () => step,
    spawn,
    at(moment, act) {
      timers.push({ at: moment, act });
    },
    addSource(source) {
      sources.push(source);
    },
    fault,
    real(promise) {
      outside = promise.then(nothing, nothing);
      return promise;
    },
    calm: () => {
      isCalm = true;
    },
    isCalm: () => isCalm,
    run,
    log,
  };
}
