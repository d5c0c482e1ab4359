import { orLeaveToSweeper } from '../../shared/acceptance/wake.ts';
import { gatherTicks } from '../../shared/queue/gather-ticks.ts';
import { gatherReads } from '../../shared/store/gather-reads.ts';
import type { IngestParts } from './parts.ts';
import { createRowWork } from './row-work.ts';
import type { Slice, SliceOf } from './slice.ts';

/**
 * Does rows for as long as there is time: those of one person in the order of the file, others side by side. A row that
 * its sender must mend is refused alone. Where rows meet faults of ours no more are begun; the first of these faults is
 * thrown when all that was begun has ended.
 */
export async function importSlice(parts: IngestParts, slice: SliceOf): Promise<Slice> {
  const ticker = gatherTicks(parts.ticker);
  const work = createRowWork({ ...parts, ticker, read: gatherReads(parts.read) }, slice);
  let { row, offset } = slice.progress;
  let isDone = true;
  try {
    for await (const next of slice.rows) {
      if (!slice.hasTime() || work.isFull()) {
        isDone = false;
        break;
      }
      await work.begin(next);
      ({ number: row, end: offset } = next);
    }
  } catch (error) {
    work.stopFor(error);
  }
  const { results, refusal } = await work.end();
  await orLeaveToSweeper(parts.observe, ticker.flush);
  return { progress: { ...slice.progress, row, offset }, results, isDone, ...(refusal && { refusal }) };
}
