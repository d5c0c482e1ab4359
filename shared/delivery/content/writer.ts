import type { Service } from '../../contracts/configuration.ts';
import type { Conversation } from '../../domain/conversation.ts';
import type { Message } from '../../domain/message.ts';
import type { Content } from '../../providers/provider.ts';
import type { OrganizationConfiguration } from '../../store/configuration.ts';
import type { SendOutcome } from '../../store/deliveries.ts';
import type { DeliveryParts } from '../parts.ts';

/** What a message is written from, read after the claim. `now` is epoch milliseconds. */
export interface Written {
  readonly message: Message;
  readonly conversation: Conversation;
  readonly configuration: OrganizationConfiguration;
  /** The one that will carry it. */
  readonly service: Service;
  readonly now: number;
  readonly parts: Pick<DeliveryParts, 'table' | 'pepper' | 'settings'>;
}

/** Writes a message for its touchpoint; or the failure of one that must not leave as it is. */
export type Writer = (from: Written) => Content | SendOutcome | Promise<Content | SendOutcome>;
