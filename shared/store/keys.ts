/** Every key of the table, and nothing else, is built here (design: one table, `pk`/`sk`). */
import type { ResourceKind } from '../domain/events.ts';

export const TABLE = { partitionKey: 'pk', sortKey: 'sk', timeToLive: 'ttl' } as const;

export const INDEXES = {
  byId: { name: 'byId', partitionKey: 'id' },
  byOrganization: { name: 'byOrganization', partitionKey: 'org', sortKey: 'createdAt' },
} as const;

/** Sort key of an item that is alone under its partition key, and of the head of a partition. */
export const HEAD = '@';

/** Of partition keys, for whoever reads the stream. */
export const CONVERSATION_PREFIX = 'C#';
export const ORGANIZATION_PREFIX = 'O#';
export const USER_PREFIX = 'U#';
export const EVENT_PREFIX = 'E#';

export const MESSAGE_PREFIX = 'M#';
/** First sort key after every message of a conversation. */
export const MESSAGES_END = 'M$';

export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

export const conversationPk = (conversation: string): string => `${CONVERSATION_PREFIX}${conversation}`;
export const conversationKey = (conversation: string): ItemKey => ({ pk: conversationPk(conversation), sk: HEAD });

/** Orders a conversation's messages by (due, seq): both padded, so that text order is number order. */
export const messageSk = (due: number, seq: number): string =>
  `${MESSAGE_PREFIX}${String(due).padStart(13, '0')}#${String(seq).padStart(10, '0')}`;
export const messageKey = (conversation: string, sk: string): ItemKey => ({ pk: conversationPk(conversation), sk });
export const dueOf = (messageSortKey: string): number => Number(messageSortKey.slice(2, 15));
export const seqOf = (messageSortKey: string): number => Number(messageSortKey.slice(16, 26));
export const isMessageSk = (sk: string): boolean => /^M#\d{13}#\d{10}$/.test(sk);
/** Where the stream says that a message failed: behind it, and before every message after it. */
export const failureSk = (messageSortKey: string): string => `${messageSortKey}#failed`;
/** Of a message, or of what the stream says behind one. */
export const isStreamSk = (sk: string): boolean => /^M#\d{13}#\d{10}(#failed)?$/.test(sk);
export const conversationOf = (pk: string): string => pk.slice(2);

export const bodyKey = (conversation: string, message: string): ItemKey => ({
  pk: conversationPk(conversation),
  sk: `B#${message}`,
});

export type IdentifierKind = 'email' | 'telephone' | 'whatsappId' | 'pinpointUser';

const KIND_LETTER: Readonly<Record<IdentifierKind, string>> = {
  email: 'e',
  telephone: 't',
  whatsappId: 'b',
  pinpointUser: 'p',
};

/** An identity without its organization, as the conversation it belongs to remembers it. */
export const identityName = (kind: IdentifierKind, digest: string): string => `${KIND_LETTER[kind]}#${digest}`;

export const identityKeyOfName = (organization: string, name: string): ItemKey => ({
  pk: `I#${organization}#${name}`,
  sk: HEAD,
});

/** `digest` is the HMAC of the normalised identifier: keys hold no personal data. */
export const identityKey = (organization: string, kind: IdentifierKind, digest: string): ItemKey =>
  identityKeyOfName(organization, identityName(kind, digest));

export const FORMER_OWNER_PREFIX = 'D#';
/** Notes beside an identity that it belonged to a conversation which was deleted a short while ago. */
export const formerOwnerKey = ({ pk }: ItemKey, conversation: string): ItemKey => ({
  pk,
  sk: `${FORMER_OWNER_PREFIX}${conversation}`,
});

/** What is known of an address is kept under its HMAC, apart from its contact: it outlives them. */
export const consentPk = (organization: string, digest: string): string => `P#${organization}#${digest}`;
export const optOutKey = (organization: string, digest: string, touchpoint: string): ItemKey => ({
  pk: consentPk(organization, digest),
  sk: touchpoint,
});

export const CONSENT_LOG_PREFIX = 'L#';
/** The entry of a change of consent in its address's log, by the moment it was stored. */
export const consentLogKey = ({ pk, sk: touchpoint }: ItemKey, storedAt: number, version: number): ItemKey => ({
  pk,
  sk: `${CONSENT_LOG_PREFIX}${String(storedAt).padStart(13, '0')}#${touchpoint}#${String(version).padStart(10, '0')}`,
});

/** Notes that an inbound message of a provider was stored, so that its repetition is not. */
export const inboundGuardKey = (conversation: string, provider: string, providerId: string): ItemKey => ({
  pk: conversationPk(conversation),
  sk: `R#${provider}#${providerId}`,
});

/** What a provider's id of a message stands for. `digest` is a hash: an id may spell the telephone it was sent to. */
export const receiptPointerKey = (provider: string, digest: string): ItemKey => ({
  pk: `R#${provider}#${digest}`,
  sk: HEAD,
});

/** Notes that a caller's `clientId` is used in a conversation. */
export const clientGuardKey = (conversation: string, digest: string): ItemKey => ({
  pk: conversationPk(conversation),
  sk: `N#${digest}`,
});

/** What was answered to a request that carried an `Idempotency-Key`. */
export const idempotencyKey = (organization: string, digest: string): ItemKey => ({
  pk: `K#${organization}#${digest}`,
  sk: HEAD,
});

export const organizationPk = (organization: string): string => `${ORGANIZATION_PREFIX}${organization}`;
export const organizationKey = (organization: string): ItemKey => ({ pk: organizationPk(organization), sk: HEAD });
/** The organizations below an organization, by their paths. */
export const descendantPk = (ancestor: string): string => `Y#${ancestor}`;
export const descendantKey = (ancestor: string, path: string): ItemKey => ({ pk: descendantPk(ancestor), sk: path });
/** The users who belong to an organization. */
export const memberPk = (organization: string): string => `J#${organization}`;
export const memberKey = (organization: string, user: string): ItemKey => ({ pk: memberPk(organization), sk: user });
export const SERVICE_PREFIX = 'S#';
export const serviceKey = (organization: string, service: string): ItemKey => ({
  pk: organizationPk(organization),
  sk: `${SERVICE_PREFIX}${service}`,
});
export const CHANNEL_PREFIX = 'H#';
export const channelKey = (organization: string, channel: string): ItemKey => ({
  pk: organizationPk(organization),
  sk: `${CHANNEL_PREFIX}${channel}`,
});
export const TEMPLATE_PREFIX = 'T#';
export const templateKey = (organization: string, name: string, language: string): ItemKey => ({
  pk: organizationPk(organization),
  sk: `${TEMPLATE_PREFIX}${name}#${language}`,
});

/** The conversations that a user or a channel is shown; written behind the conversations, by their stream. */
export const inboxPk = (owner: string): string => `Q#${owner}`;
/** Orders the conversations of an inbox by when they began. */
export const inboxPlace = (createdAt: number, conversation: string): string =>
  `${String(createdAt).padStart(13, '0')}#${conversation}`;
const INBOX_PLACE = /^(\d{13})#([0-9a-f]{24})$/;
/** Undefined for a text that is no place. */
export function readInboxPlace(text: string): { createdAt: number; conversation: string } | undefined {
  const [, createdAt, conversation] = INBOX_PLACE.exec(text) ?? [];
  return conversation === undefined ? undefined : { createdAt: Number(createdAt), conversation };
}
/** What stands before the places of a user's conversations: those in their personal inbox or not, of one status. */
export const inboxSection = (inbox: boolean, status: string): string => `${inbox ? 1 : 0}#${status}#`;

/** How much of a sender's rate is given out for the stretch of time from `start` on, epoch seconds. */
export const paceKey = (service: string, touchpoint: string, start: number): ItemKey => ({
  pk: `W#${service}#${touchpoint}`,
  sk: String(start),
});

/** Finds a service by its id alone, which is all that a provider's callback URL says. */
export const servicePointerKey = (service: string): ItemKey => ({ pk: `S#${service}`, sk: HEAD });
/** Finds a channel by its id alone. */
export const channelPointerKey = (channel: string): ItemKey => ({ pk: `H#${channel}`, sk: HEAD });
/**
 * Finds a service by an address or domain that it receives mail for; several may share one. `digest` is a hash: an
 * address may be a person's.
 */
export const receiverKey = (digest: string, service: string): ItemKey => ({ pk: receiverPk(digest), sk: service });
export const receiverPk = (digest: string): string => `V#${digest}`;
/** Finds the conversations of a contact whose id does not follow from its conversation's (imported ones). */
export const contactPointerKey = (contact: string): ItemKey => ({ pk: `A#${contact}`, sk: HEAD });

/** How a webhook is doing, and beside it the notifications that it was not told of. */
export const webhookHealthKey = (service: string): ItemKey => ({ pk: `G#${service}`, sk: HEAD });
export const givenUpPk = (service: string): string => webhookHealthKey(service).pk;
export const GIVEN_UP_PREFIX = 'D#';
/** By the moment that the telling began. */
export const givenUpKey = (service: string, since: number, delivery: string): ItemKey => ({
  pk: givenUpPk(service),
  sk: `${GIVEN_UP_PREFIX}${String(since).padStart(13, '0')}#${delivery}`,
});

/** Tells the stream of an event that no other item's change tells of. */
export const eventKey = (organization: string, event: string): ItemKey => ({
  pk: `${EVENT_PREFIX}${organization}#${event}`,
  sk: HEAD,
});

export const userKey = (user: string): ItemKey => ({ pk: `${USER_PREFIX}${user}`, sk: HEAD });
export const USER_TOKEN_PREFIX = 'T#';
/** A token of a user that ends when this item goes. */
export const userTokenKey = (user: string, token: string): ItemKey => ({
  pk: userKey(user).pk,
  sk: `${USER_TOKEN_PREFIX}${token}`,
});
/** The seed of a user's one-time passwords. */
export const otpKey = (user: string): ItemKey => ({ pk: userKey(user).pk, sk: 'otp' });
/** How often somebody tried to prove who they are; `digest` is the HMAC of whom they claim to be. */
export const attemptsKey = (digest: string): ItemKey => ({ pk: `X#${digest}`, sk: HEAD });
/** Finds a user by the HMAC of the email address they log in with. */
export const loginKey = (digest: string): ItemKey => ({ pk: `L#${digest}`, sk: HEAD });

/** By partition, which beginning of a sort key is what. */
const KINDS: Readonly<Record<string, readonly (readonly [string, ResourceKind])[]>> = {
  [CONVERSATION_PREFIX]: [
    [HEAD, 'conversation'],
    [MESSAGE_PREFIX, 'message'],
  ],
  [ORGANIZATION_PREFIX]: [
    [HEAD, 'organization'],
    [SERVICE_PREFIX, 'service'],
    [CHANNEL_PREFIX, 'channel'],
    [TEMPLATE_PREFIX, 'watemplate'],
  ],
  [USER_PREFIX]: [[HEAD, 'user']],
  [EVENT_PREFIX]: [[HEAD, 'event']],
};

/** What stands at a key, as far as anybody outside knows of it. */
export const kindOf = ({ pk, sk }: ItemKey): ResourceKind | undefined =>
  KINDS[pk.slice(0, 2)]?.find(([prefix]) => sk.startsWith(prefix))?.[1];

/** How far the rows of an uploaded file are done; `digest` is of its place and content. */
export const importKey = (digest: string): ItemKey => ({ pk: `J#${digest}`, sk: HEAD });
