import type { DeliveryStatus, MessageView } from '../contracts/views/messages.ts';
import { asSent } from '../domain/fallback.ts';
import { isOutbound, type Message, type MessageState, type Receipt } from '../domain/message.ts';
import { alternativesLeft } from '../domain/next-touchpoint.ts';

const iso = (moment: number): string => new Date(moment).toISOString();

const STATUS: Readonly<Record<MessageState, DeliveryStatus>> = {
  pending: 'queued',
  sending: 'queued',
  unknown: 'unknown',
  sent: 'sent',
  failed: 'failed',
  done: 'done',
  canceled: 'canceled',
  moved: 'moved',
};

const receiptView = ({ status, at }: Receipt) => ({ status, at: iso(at) });

const ARRIVED: ReadonlySet<string> = new Set(['delivered', 'read']);

/** How far a message has come: what drives its sending, refined by what the provider reported since. */
const statusOf = ({ state, receipt, error }: Message): DeliveryStatus => {
  if (state === 'sent') return receipt?.status ?? 'sent';
  const arrivedAfterAll = receipt !== undefined && (ARRIVED.has(receipt.status) || error?.code === 'unknown');
  return state === 'failed' && arrivedAfterAll ? receipt.status : STATUS[state];
};

const deliveryView = (message: Message) => ({
  status: statusOf(message),
  provider: message.provider,
  providerId: message.providerId,
  error: message.error,
  history: (message.receipts ?? []).map(receiptView),
  givenUp: message.givenUp,
  fallbackUsed: message.fallbackUsed,
  fallbackOf: message.fallbackOf,
  fallbackBy: message.fallbackBy,
});

/** The present one and those left behind it, for a message that was given several. */
const touchpointsLeft = (message: Message): MessageView['touchpoints'] =>
  message.otherwise &&
  message.touchpoint && [message.touchpoint, ...alternativesLeft(message).map(({ touchpoint }) => touchpoint)];

/** A message as the API shows it (contract section 3, `delivery` by section 12). */
export const messageView = (message: Message, orgPath: string): MessageView => ({
  id: message.id,
  conversation: message.conversation,
  organization: message.organization,
  orgPath,
  type: message.type,
  role: message.role,
  user: message.user,
  contentType: message.contentType ?? 'text/plain',
  text: asSent(message).text,
  touchpoint: message.touchpoint,
  touchpoints: touchpointsLeft(message),
  delay: message.delay,
  isBackchannel: message.isBackchannel,
  clientId: message.clientId,
  meta: asSent(message).meta,
  actions: message.actions,
  items: message.items,
  results: message.results,
  delivery: isOutbound(message) || message.error ? deliveryView(message) : undefined,
  createdAt: iso(message.createdAt),
  updatedAt: iso(message.updatedAt),
});
