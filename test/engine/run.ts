import type { Table } from '../../shared/store/table.ts';
import type { Configuration } from './configurations.ts';
import { judgeRun, type Verdict } from './invariants.ts';
import { createRandom } from './random.ts';
import { play } from './scenario.ts';
import { createScheduler } from './scheduler.ts';
import { AS_IT_IS, type Variant } from './variants.ts';
import { createWorld, type World } from './world.ts';

export interface Run extends Verdict {
  readonly seed: number;
  readonly ticks: number;
  readonly counts: ReadonlyMap<string, number>;
}

const REDRIVES = 4;
const REDRIVE_AFTER_MS = 600_000;
/** Beyond the day after which messages expire. */
const MUCH_LATER_MS = 26 * 3600_000;

let runs = Date.now() % 0x1_0000_0000;

/** A part of every id that no other run has; nothing depends on it. */
const nextNonce = (): string => (runs++).toString(16).padStart(10, '0').slice(-10);

/** Plays one scenario to its end. The same seed and configuration replay exactly, whatever table it runs on. */
export async function runOnce(
  table: Table,
  seed: number,
  { faults, shape }: Pick<Configuration, 'faults' | 'shape'>,
  { variant = () => AS_IT_IS, trace }: { variant?: () => Variant; trace?: (line: string) => void } = {},
): Promise<Run> {
  const nonce = nextNonce();
  const random = createRandom(seed);
  const scheduler = createScheduler(random, faults, trace && ((line) => trace(line.replaceAll(nonce, '…'))));
  const world = createWorld({ table, nonce, scheduler, variant: variant() });
  play(world, shape);
  const ended = await drain(world, random.chance(0.15) ? MUCH_LATER_MS : REDRIVE_AFTER_MS);
  const verdict = await judgeRun(table, world);
  const { counts } = world.history;
  return {
    ...verdict,
    violations: ended ? verdict.violations : ['livelock: the run does not end', ...verdict.violations],
    seed,
    ticks: counts.get('queued ticks') ?? 0,
    counts,
  };
}

/** Runs until the queues are empty, those of the parked messages included. */
async function drain({ scheduler, queues }: World, redriveAfterMs: number): Promise<boolean> {
  for (let redrive = 0; ; redrive++) {
    if (!(await scheduler.run())) return false;
    const parked = [...queues.values()].filter((queue) => queue.parked() > 0);
    if (parked.length === 0 || redrive === REDRIVES) return true;
    if (redrive > 0) scheduler.calm();
    scheduler.at(scheduler.now() + redriveAfterMs, () => {
      for (const queue of parked) queue.redrive();
    });
  }
}
