import type { TokenService } from '../../shared/auth/tokens.ts';
import type { Purge } from '../../shared/contracts/queue-messages.ts';
import type { TemplateManager } from '../../shared/providers/whatsapp/templates.ts';
import type { QueueSender } from '../../shared/queue/send.ts';
import type { Ticker } from '../../shared/queue/ticks.ts';
import type { Clock } from '../../shared/runtime/clock.ts';
import type { IdMaker } from '../../shared/runtime/ids.ts';
import type { Observer } from '../../shared/runtime/observe.ts';
import type { SecretReader } from '../../shared/runtime/secrets.ts';
import type { ConfigurationReader } from '../../shared/store/configuration.ts';
import type { Table } from '../../shared/store/table.ts';
import type { UserReader } from '../../shared/store/users.ts';

/** What the use cases of this function work with; made once, in `handler.ts`. */
export interface ApiParts {
  readonly table: Table;
  readonly configuration: ConfigurationReader;
  readonly users: UserReader;
  readonly tokens: TokenService;
  /** Secret that identifiers are hashed under. */
  readonly pepper: () => Promise<string>;
  /** The secrets of WhatsApp services, by which templates are managed; of no other. */
  readonly secrets: Pick<SecretReader, 'fields'>;
  readonly templates: TemplateManager;
  readonly ticker: Ticker;
  /** Takes what is left of deleted contacts. */
  readonly purges: QueueSender<Purge>;
  readonly clock: Clock;
  readonly ids: IdMaker;
  readonly random: () => number;
  readonly observe: Observer;
  /** Base of `conversation.url`, without trailing slash. */
  readonly appUrl: string;
}
