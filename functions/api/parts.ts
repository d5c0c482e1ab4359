import type { AcceptanceParts } from '../../shared/acceptance/parts.ts';
import type { Sealer } from '../../shared/auth/sealer.ts';
import type { TokenService } from '../../shared/auth/tokens.ts';
import type { Notification, Purge } from '../../shared/contracts/queue-messages.ts';
import type { TemplateManager } from '../../shared/providers/whatsapp/templates.ts';
import type { QueueSender } from '../../shared/queue/send.ts';
import type { Forgetful } from '../../shared/runtime/cache.ts';
import type { SecretReader } from '../../shared/runtime/secrets.ts';
import type { Requester } from '../../shared/webhooks/requester.ts';
import type { FileReader } from './docs/files.ts';

/** What the use cases of this function work with; made once, in `handler.ts`. */
export interface ApiParts extends AcceptanceParts {
  /** Both forget what a use case has written. */
  readonly configuration: AcceptanceParts['configuration'] & Forgetful;
  readonly users: AcceptanceParts['users'] & Forgetful;
  readonly tokens: TokenService;
  /** Seals the seeds of one-time passwords. */
  readonly sealer: Sealer;
  /** The secrets of WhatsApp services, by which templates are managed; of no other. */
  readonly secrets: Pick<SecretReader, 'fields'>;
  readonly templates: TemplateManager;
  /** Takes what is left of deleted contacts. */
  readonly purges: QueueSender<Purge>;
  /** Names of secrets begin with it. */
  readonly stage: string;
  readonly webhooks: {
    readonly requester: Requester;
    /** Takes what is to be told again. */
    readonly notifications: QueueSender<Notification>;
    /** They may be on this machine. */
    readonly loopback: boolean;
  };
  /** Base of `conversation.url`, without trailing slash. */
  readonly appUrl: string;
  /** The API's own address, without trailing slash. */
  readonly publicUrl: string;
  /** What the build put beside the code: the document and its viewer. */
  readonly files: FileReader;
}
