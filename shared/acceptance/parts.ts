import type { Ticker } from '../queue/ticks.ts';
import type { Clock } from '../runtime/clock.ts';
import type { IdMaker } from '../runtime/ids.ts';
import type { Observer } from '../runtime/observe.ts';
import type { ConfigurationReader } from '../store/configuration.ts';
import type { ReadItems, Table } from '../store/table.ts';
import type { UserReader } from '../store/users.ts';

/** What accepting messages works with, whichever way they come in. */
export interface AcceptanceParts {
  readonly table: Table;
  /** Finds people and what was answered before. */
  readonly read: ReadItems;
  readonly configuration: ConfigurationReader;
  readonly users: UserReader;
  /** Secret that identifiers are hashed under. */
  readonly pepper: () => Promise<string>;
  readonly ticker: Ticker;
  readonly clock: Clock;
  readonly ids: IdMaker;
  readonly random: () => number;
  readonly observe: Observer;
}
