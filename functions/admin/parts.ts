import type { Sealer } from '../../shared/auth/sealer.ts';
import type { TokenService } from '../../shared/auth/tokens.ts';
import type { Notification } from '../../shared/contracts/queue-messages.ts';
import type { TemplateManager } from '../../shared/providers/whatsapp/templates.ts';
import type { QueueSender } from '../../shared/queue/send.ts';
import type { Forgetful } from '../../shared/runtime/cache.ts';
import type { Clock } from '../../shared/runtime/clock.ts';
import type { IdMaker } from '../../shared/runtime/ids.ts';
import type { Observer } from '../../shared/runtime/observe.ts';
import type { SecretReader } from '../../shared/runtime/secrets.ts';
import type { ConfigurationReader } from '../../shared/store/configuration.ts';
import type { Table } from '../../shared/store/table.ts';
import type { UserReader } from '../../shared/store/users.ts';
import type { Requester } from '../../shared/webhooks/requester.ts';
import type { FileReader } from './docs/files.ts';

/** What the use cases of this function work with; made once, in `handler.ts`. */
export interface AdminParts {
  readonly table: Table;
  /** Both forget what a use case has written. */
  readonly configuration: ConfigurationReader & Forgetful;
  readonly users: UserReader & Forgetful;
  readonly tokens: TokenService;
  /** Seals the seeds of one-time passwords. */
  readonly sealer: Sealer;
  /** Secret that identifiers are hashed under. */
  readonly pepper: () => Promise<string>;
  /** The secrets of WhatsApp services, by which templates are managed; of no other. */
  readonly secrets: Pick<SecretReader, 'fields'>;
  readonly templates: TemplateManager;
  /** Names of secrets begin with it. */
  readonly stage: string;
  readonly webhooks: {
    readonly requester: Requester;
    /** Takes what is to be told again. */
    readonly notifications: QueueSender<Notification>;
    /** They may be on this machine. */
    readonly loopback: boolean;
  };
  readonly clock: Clock;
  readonly ids: IdMaker;
  readonly random: () => number;
  readonly observe: Observer;
  /** The API's own address, without trailing slash. */
  readonly publicUrl: string;
  /** What the build put beside the code: the document and its viewer. */
  readonly files: FileReader;
}
