import type { Delivery } from '../../shared/contracts/queue-messages.ts';
import type { Touchpoint } from '../../shared/domain/touchpoint.ts';
import type { QueueSender } from '../../shared/queue/send.ts';
import type { Ticker } from '../../shared/queue/ticks.ts';
import type { Clock } from '../../shared/runtime/clock.ts';
import type { Observer } from '../../shared/runtime/observe.ts';
import type { ConfigurationReader } from '../../shared/store/configuration.ts';
import type { Table } from '../../shared/store/table.ts';
import type { UserReader } from '../../shared/store/users.ts';

/** What the worker works with; made once, in `handler.ts`. */
export interface WorkerParts {
  readonly table: Table;
  readonly configuration: ConfigurationReader;
  readonly users: UserReader;
  readonly ticker: Ticker;
  readonly deliveries: Readonly<Record<Touchpoint, QueueSender<Delivery>>>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly observe: Observer;
  /** How long evidence about an unclear attempt is awaited. */
  readonly unknownMs: number;
  /** One WhatsApp message to one contact in this time. */
  readonly pairMs: number;
}
