import type { RequestError } from '../../shared/domain/errors.ts';
import type { Progress } from '../../shared/store/imports.ts';
import type { PrepareRow, RowOutcome, Upload } from './prepared-row.ts';
import type { Row } from './row.ts';

/** Rows to do, and what they are done with. */
export interface SliceOf extends Upload {
  readonly rows: AsyncIterable<Row>;
  readonly prepare: PrepareRow;
  readonly progress: Progress;
  /** A few rows that meet a fault of ours are refused instead: it was tried often enough. */
  readonly isLastTry: boolean;
  hasTime(): boolean;
}

export type RowResult = { readonly row: number } & RowOutcome;

/** A stretch of rows that are done, and how far the upload is with them. */
export interface Slice {
  readonly progress: Progress;
  readonly results: readonly RowResult[];
  readonly isDone: boolean;
  /** Why the rest was not looked at. */
  readonly refusal?: RequestError;
}
