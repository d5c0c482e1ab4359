import type { AcceptanceParts } from '../../shared/acceptance/parts.ts';
import type { TokenService } from '../../shared/auth/tokens.ts';
import type { RetoldEvent } from '../../shared/contracts/bus-event.ts';
import type { Notification } from '../../shared/contracts/queue-messages.ts';
import type { NotifyingTimes } from '../../shared/domain/notifying.ts';
import type { Bus } from '../../shared/queue/bus.ts';
import type { QueueSender } from '../../shared/queue/send.ts';
import type { Requester } from '../../shared/webhooks/requester.ts';

/** What telling webhooks of events works with; made once, in `handler.ts`. */
export interface NotifyParts extends AcceptanceParts {
  readonly tokens: TokenService;
  readonly requester: Requester;
  readonly notifications: QueueSender<Notification | RetoldEvent>;
  readonly bus: Bus;
  readonly settings: NotifyingTimes & {
    /** One request, its answer included. */
    readonly timeoutMs: number;
    /** Nobody is told anything with less of the invocation left. */
    readonly minRemainingMs: number;
    /** Longest that a notification waits in the queue in one go. */
    readonly hopSeconds: number;
    /** Of the API, without a slash at the end: links begin with it. */
    readonly publicUrl: string;
    /** As in `conversation.url`. */
    readonly appUrl: string;
  };
}
