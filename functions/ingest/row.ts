/** A row of an uploaded file. */
export interface Row {
  /** From 1. */
  readonly number: number;
  /** Bytes of the file up to and with it. */
  readonly end: number;
  /** A body of `POST /v2/conversations`, as far as the row says it. Throws RequestError for what is none. */
  json(): unknown;
}

/** Where the rows that are asked for begin. */
export interface RowsFrom {
  readonly offset: number;
  /** The number of the row before. */
  readonly row: number;
}
