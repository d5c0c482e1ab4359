import type { Touchpoint } from './touchpoint.ts';

export const CONVERSATION_STATUSES = ['queued', 'active', 'closed'] as const;
export type ConversationStatus = (typeof CONVERSATION_STATUSES)[number];

/** Those among users, without a contact: nothing in them goes out (contract section 2). */
export const TEAM_TYPES = ['bot', 'agent', 'system'] as const;
export type TeamType = (typeof TEAM_TYPES)[number];
export const CONVERSATION_TYPES = ['contact', ...TEAM_TYPES] as const;

export type ParticipantRole = 'guest' | 'agent' | 'bot' | 'admin';

/** What a user is to a conversation. Times are epoch milliseconds. */
export interface Participant {
  readonly role: ParticipantRole;
  /** Takes part now. */
  readonly active: boolean;
  /** Has taken responsibility for answering the contact. */
  readonly accepted: boolean;
  /** Waits in the user's personal inbox. */
  readonly inbox: boolean;
  /** Messages of the contact, or of the team, that this participant has not seen. */
  readonly unreadCount: number;
  /** Wants to hear of messages without taking part. */
  readonly follow?: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface Profile {
  readonly name?: string;
  readonly givenName?: string;
  readonly familyName?: string;
  readonly email?: string;
  readonly telephone?: string;
  /** Meta's id of the contact, learnt from what they wrote. */
  readonly whatsappId?: string;
  readonly locale?: string;
  /** Of the IANA database, like `Europe/Amsterdam`. */
  readonly timeZone?: string;
  readonly address?: Readonly<Record<string, string>>;
}

/** A conversation and its one contact. Times are epoch milliseconds. */
export interface Conversation {
  readonly id: string;
  /** Only of a team's; it has neither a contact nor anything in its profile. */
  readonly type?: TeamType;
  readonly organization: string;
  /** Ids of the organizations from the root down, joined by `#`. */
  readonly orgPath: string;
  readonly name: string;
  readonly slug: string;
  readonly status: ConversationStatus;
  readonly contact?: string;
  readonly profile: Profile;
  /** Of the contact; `meta` is the conversation's. */
  readonly contactMeta?: Readonly<Record<string, unknown>>;
  readonly participants: Readonly<Record<string, Participant>>;
  readonly channels: readonly string[];
  readonly channelsOffline: readonly string[];
  /** Those of `channels` that were asked for by name: announced there until one of their own accepts. */
  readonly tasks?: readonly string[];
  /** The touchpoint in force: the one that the next message without its own takes. */
  readonly touchpoint?: Touchpoint;
  /** Services that carry each touchpoint used so far. */
  readonly services: Readonly<Partial<Record<Touchpoint, readonly string[]>>>;
  readonly language?: string;
  /** What the conversation is about, by name and by its place among the organization's categories. */
  readonly category?: string;
  readonly categoryIndex?: number;
  readonly meta?: Readonly<Record<string, unknown>>;
  readonly tags?: readonly string[];
  readonly createdBy: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Sequence number of the newest message. */
  readonly seq: number;
  /** Time of the newest acceptance; acceptance times never run backwards within a conversation. */
  readonly lastAt: number;
  /** Counts changes of status and participants; every rule is written against the version it read. */
  readonly version: number;
  /** When the contact last wrote by WhatsApp; opens the reply window of the number they wrote to. */
  readonly windowAt?: number;
  /** The service of that number. */
  readonly windowBy?: string;
  /** When the newest WhatsApp message left for the contact; the next one waits. */
  readonly whatsappAt?: number;
  readonly deletedAt?: number;
}

/** One that is not a team's. */
export type ContactConversation = Conversation & { readonly contact: string };

export const isWithContact = (conversation: Conversation): conversation is ContactConversation =>
  conversation.contact !== undefined;

export const newParticipant = (role: ParticipantRole, now: number): Participant => ({
  role,
  active: false,
  accepted: false,
  inbox: false,
  unreadCount: 0,
  createdAt: now,
  updatedAt: now,
});
