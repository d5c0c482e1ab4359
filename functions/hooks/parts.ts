import type { Provider, ProviderName } from '../../shared/providers/provider.ts';
import type { Ticker } from '../../shared/queue/ticks.ts';
import type { Clock } from '../../shared/runtime/clock.ts';
import type { IdMaker } from '../../shared/runtime/ids.ts';
import type { Observer } from '../../shared/runtime/observe.ts';
import type { SecretReader } from '../../shared/runtime/secrets.ts';
import type { ConfigurationReader } from '../../shared/store/configuration.ts';
import type { Table } from '../../shared/store/table.ts';
import type { UserReader } from '../../shared/store/users.ts';

/** The half of a provider that listens: what it needs to send stays out of this function. */
export type Listener = Pick<Provider, 'parseCallback' | 'parseEvent' | 'needsPointer'>;

/** What callbacks are handled with; made once, in `handler.ts`. */
export interface HookParts {
  readonly table: Table;
  readonly configuration: ConfigurationReader;
  readonly users: UserReader;
  readonly secrets: SecretReader;
  readonly pepper: () => Promise<string>;
  readonly providers: Readonly<Partial<Record<ProviderName, Listener>>>;
  readonly ticker: Ticker;
  readonly clock: Clock;
  readonly ids: IdMaker;
  readonly random: () => number;
  readonly observe: Observer;
  /** Public base URL of this installation, without trailing slash: what providers signed. */
  readonly publicUrl: string;
}
