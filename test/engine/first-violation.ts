import type { Table } from '../../shared/store/table.ts';
import type { Configuration } from './configurations.ts';
import { type Run, runOnce } from './run.ts';
import type { Variant } from './variants.ts';

const AT_ONCE = 4;

/** Plays seeds from 1 on, a few at once, until one is violated. */
export async function firstViolation(
  table: Table,
  configuration: Configuration,
  runs: number,
  variant?: () => Variant,
): Promise<Run | undefined> {
  let seed = 1;
  let found: Run | undefined;
  const playOneByOne = async () => {
    while (seed <= runs && !found) {
      const run = await runOnce(table, seed++, configuration, variant && { variant });
      if (run.violations.length > 0) found ??= run;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, playOneByOne));
  return found;
}
