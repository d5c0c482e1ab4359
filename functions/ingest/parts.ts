import type { AcceptanceParts } from '../../shared/acceptance/parts.ts';
import type { Import, StartRefused } from '../../shared/contracts/ingress.ts';
import type { Bus } from '../../shared/queue/bus.ts';
import type { QueueSender } from '../../shared/queue/send.ts';
import type { Objects } from './objects.ts';

/** What events and uploads are taken with; made once, in `handler.ts`. */
export interface IngestParts extends AcceptanceParts {
  readonly bus: Bus<StartRefused>;
  readonly objects: Objects;
  /** Takes the rest of an upload. */
  readonly rest: QueueSender<{ readonly import: Import }>;
  /** A file is this long in the hands of who took it: longer than the function lives. */
  readonly leaseMs: number;
  /** No row is begun with less of the invocation left: the rows at work, their results and the progress must be stored. */
  readonly reserveMs: number;
}
