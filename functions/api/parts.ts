import type { AcceptanceParts } from '../../shared/acceptance/parts.ts';
import type { TokenVerifier } from '../../shared/auth/tokens.ts';
import type { Purge } from '../../shared/contracts/queue-messages.ts';
import type { QueueSender } from '../../shared/queue/send.ts';

/** What the use cases of this function work with; made once, in `handler.ts`. */
export interface ApiParts extends AcceptanceParts {
  readonly tokens: TokenVerifier;
  /** Takes what is left of deleted contacts. */
  readonly purges: QueueSender<Purge>;
  /** Base of `conversation.url`, without trailing slash. */
  readonly appUrl: string;
  /** The API's own address, without trailing slash. */
  readonly publicUrl: string;
}
