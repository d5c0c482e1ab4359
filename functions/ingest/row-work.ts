import { refusedFor } from '../../shared/acceptance/outcome.ts';
import { refusalOf } from '../../shared/acceptance/refusal.ts';
import type { RequestError } from '../../shared/domain/errors.ts';
import { createLanes } from '../../shared/runtime/lanes.ts';
import type { IngestParts } from './parts.ts';
import type { PreparedRow, RowOutcome } from './prepared-row.ts';
import type { Row } from './row.ts';
import type { RowResult, SliceOf } from './slice.ts';

/** Rows at work at once. */
const WIDTH = 25;
/** Rows whose results are in memory. */
const LONGEST = 10_000;
/** Rows that meet faults of ours and are refused for it, when it was tried often enough. More of them are no bad rows. */
const FAULTS_BORNE = 10;

export interface RowWork {
  /** No more rows may be begun. */
  isFull(): boolean;
  /** Begins a row when there is a place for it. */
  begin(row: Row): Promise<void>;
  /** The file itself cannot be read on. */
  stopFor(error: unknown): void;
  /** When all that was begun has ended, what became of it. Throws a fault of ours; at the last try, only for many. */
  end(): Promise<{ results: readonly RowResult[]; refusal: RequestError | undefined }>;
}

export function createRowWork(parts: IngestParts, slice: SliceOf): RowWork {
  const lanes = createLanes(WIDTH);
  const outcomes = new Map<number, RowOutcome>();
  const faults: unknown[] = [];
  let borne = slice.isLastTry ? FAULTS_BORNE : 0;
  let refusal: RequestError | undefined;

  function refuse(row: number, error: unknown): void {
    if (isTheirs(error) || borne-- > 0) outcomes.set(row, refusedFor(error, parts.observe));
    else faults.push(error);
  }

  async function carryOut(row: number, prepared: PreparedRow): Promise<void> {
    try {
      outcomes.set(row, await prepared.carryOut());
    } catch (error) {
      refuse(row, error);
    }
  }

  return {
    isFull: () => outcomes.size >= LONGEST || faults.length > 0,
    async begin(row) {
      try {
        const prepared = await slice.prepare(parts, slice, row);
        await lanes.enter(prepared.about, () => carryOut(row.number, prepared));
      } catch (error) {
        refuse(row.number, error);
      }
    },
    stopFor(error) {
      refusal = refusalOf(error);
      if (!refusal) faults.push(error);
    },
    async end() {
      await lanes.idle();
      if (faults.length > 0) throw faults[0];
      const results = [...outcomes].map(([row, outcome]) => ({ row, ...outcome })).sort((a, b) => a.row - b.row);
      return { results, refusal };
    },
  };
}

const isTheirs = (error: unknown): boolean => (refusalOf(error)?.status ?? 500) < 500;
