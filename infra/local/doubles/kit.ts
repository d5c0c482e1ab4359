import type { Courier } from './courier.ts';
import type { Events } from './events.ts';
import type { FaultBook } from './faults.ts';
import type { Outbox } from './outbox.ts';
import type { RequestChecks } from './request-checks.ts';
import type { Senders } from './senders.ts';

/** What every double works with. */
export interface Kit {
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly senders: Senders;
  readonly faults: FaultBook;
  readonly outbox: Outbox;
  readonly courier: Courier;
  readonly events: Events;
  readonly checks: RequestChecks;
}
