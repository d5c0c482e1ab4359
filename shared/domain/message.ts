import type { Purpose } from './purpose.ts';
import type { FilledTemplate, TemplateUse } from './template-use.ts';
import type { Touchpoint } from './touchpoint.ts';

export const MESSAGE_TYPES = [
  'chat',
  'card',
  'postback',
  'mention',
  'tag',
  'search',
  'command',
  'form',
  'field',
  'results',
  'report',
  'status',
] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];

export const MESSAGE_ROLES = ['contact', 'agent', 'bot'] as const;
export type MessageRole = (typeof MESSAGE_ROLES)[number];

export type MessageState = 'pending' | 'sending' | 'unknown' | 'sent' | 'failed' | 'done' | 'canceled' | 'moved';

const TERMINAL: ReadonlySet<MessageState> = new Set(['sent', 'failed', 'done', 'canceled', 'moved']);
export const isTerminal = (state: MessageState): boolean => TERMINAL.has(state);

/** A message that could not be sent within a day of its moment is not worth sending. */
export const SENDABLE_MS = 24 * 3600_000;

export type ReceiptStatus = 'queued' | 'accepted' | 'sent' | 'delivered' | 'read' | 'failed' | 'expired';

/** How far a message is known to have come, apart from the state that drives sending. `at` is epoch milliseconds. */
export interface Receipt {
  readonly status: ReceiptStatus;
  readonly at: number;
}

export interface DeliveryError {
  /** Ours (`unknown`, `expired`, `opted_out` …) or the provider's. */
  readonly code: string;
  readonly class: 'permanent' | 'retryable' | 'throttled' | 'ambiguous';
  readonly message: string;
}

/** A message as another touchpoint takes it. */
export interface Alternative extends Pick<MessageBody, 'text' | 'template' | 'fallback'> {
  readonly touchpoint: Touchpoint;
}

/** What the sender wrote. Kept in an item of its own when it is large. */
export interface MessageBody {
  readonly text?: string;
  readonly contentType?: string;
  readonly meta?: Readonly<Record<string, unknown>>;
  readonly actions?: readonly unknown[];
  readonly items?: readonly unknown[];
  readonly results?: readonly unknown[];
  /** The approved template that `text` was rendered from. */
  readonly template?: TemplateUse;
  /** Goes out instead of `text` where WhatsApp takes no free text at the moment of sending. */
  readonly fallback?: FilledTemplate;
  /** For the case that the contact cannot be reached by its touchpoint, in the order in which they are tried. */
  readonly otherwise?: readonly Alternative[];
}

/** A touchpoint that was tried, and the code of the error that ended it. */
export interface GivenUp {
  readonly touchpoint: Touchpoint;
  readonly code: string;
}

/** A message with its place in the state machine of `docs/architecture.md`. Times are epoch milliseconds. */
export interface Message extends MessageBody {
  readonly id: string;
  readonly conversation: string;
  readonly organization: string;
  /** Sort key: (due, seq). */
  readonly key: string;
  readonly due: number;
  readonly seq: number;
  readonly type: MessageType;
  readonly role: MessageRole;
  readonly user?: string;
  readonly touchpoint?: Touchpoint;
  readonly delay?: number;
  readonly isBackchannel?: boolean;
  /** Of a team's conversation: there is nobody outside. */
  readonly team?: boolean;
  readonly clientId?: string;
  readonly createdAt: number;
  readonly updatedAt: number;

  readonly state: MessageState;
  readonly attempt: number;
  readonly expiresAt: number;
  /** From `pending`: not before this moment. */
  readonly notBefore?: number;
  /** From `sending`: who holds the claim, and until when. */
  readonly token?: string;
  readonly lease?: number;
  /** From `unknown`: evidence is awaited until this moment. */
  readonly until?: number;
  /** When the first attempt left: a lookup starts there. */
  readonly firstSentAt?: number;
  /** When the provider had taken it, or was known to have. */
  readonly sentAt?: number;
  /** Some attempt may have reached the contact; cleared by a lookup that finds nothing. */
  readonly unclear?: boolean;
  /** From `moved`: where the message went. */
  readonly movedTo?: string;
  /** Came from the contact through a provider: never in anybody's turn. */
  readonly inbound?: boolean;
  /** A `/set` that took effect when it was accepted. */
  readonly applied?: boolean;
  /** Of an email that was sent or came: those after it keep it. */
  readonly subject?: string;
  /** What the sender wrote is kept apart and was not read along. */
  readonly bodyApart?: boolean;
  /** The purpose that a body kept apart names. */
  readonly purpose?: Purpose;
  /** The fallback went out, or goes out next because the provider refused the text. */
  readonly fallbackUsed?: boolean;
  /** Touchpoints that certainly did not reach the contact: as many of `otherwise` are used up. */
  readonly givenUp?: readonly GivenUp[];
  /** The message whose fallback this is, and the other way round: it was refused after it had been taken. */
  readonly fallbackOf?: string;
  readonly fallbackBy?: string;

  readonly service?: string;
  readonly provider?: string;
  readonly providerId?: string;
  readonly error?: DeliveryError;
  readonly receipt?: Receipt;
  readonly receipts?: readonly Receipt[];
}

/** True when the message goes out to the contact. */
export const isOutbound = (message: {
  role: MessageRole;
  type: MessageType;
  isBackchannel?: boolean;
  team?: boolean;
}): boolean =>
  message.role === 'agent' && message.type !== 'command' && message.isBackchannel !== true && message.team !== true;
