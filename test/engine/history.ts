import type { Message, MessageState, ReceiptStatus } from '../../shared/domain/message.ts';
import type { Touchpoint } from '../../shared/domain/touchpoint.ts';
import type { DeliveryStatus, SendRequest } from '../../shared/providers/provider.ts';

/** World time, and the place in the row of all that happened. */
export interface Moment {
  readonly at: number;
  readonly step: number;
}

export interface MessagePlace {
  readonly conversation: string;
  readonly key: string;
}

/** A message that one touchpoint invocation may send. */
export interface Claimed extends MessagePlace {
  readonly attempt: number;
  readonly process: number;
  readonly when: Moment;
}

/** One call to a provider. */
export interface Sent {
  readonly request: SendRequest;
  readonly touchpoint: Touchpoint;
  readonly left: Moment;
  /** When the invocation that sent it claimed the message. */
  readonly claimed: Moment | undefined;
  /** When that invocation last read the conversation. */
  readonly looked: Moment | undefined;
  /** When it read whether the contact opted out. */
  readonly consented: Moment | undefined;
  /** When the provider took it; undefined: it did not. */
  accepted?: Moment;
  /** What the provider made of it in the end. */
  fate?: 'sent' | 'failed';
  providerId: string;
  /** When we knew: a report that was stored, or the provider's own answer that was. */
  known?: Moment;
}

/** A look at an opt-out item. */
export interface ConsentLook extends Moment {
  readonly key: string;
}

/** A message after it was changed. */
export interface Change extends MessagePlace {
  readonly state: MessageState;
  readonly attempt: number;
  readonly receipt: ReceiptStatus | undefined;
  readonly code: string | undefined;
  /** The last opt-out that the invocation read before. */
  readonly consented: ConsentLook | undefined;
  readonly when: Moment;
}

/** A write of a conversation's status and participants, or a look at them that changed nothing. */
export interface RuleApplied extends MessagePlace {
  readonly process: number;
  readonly when: Moment;
  readonly kind: 'written' | 'looked' | 'finished' | 'inbound';
}

/** A request of a client, a reply of a contact, or a provider's word about consent. */
export interface Asked {
  readonly name: string;
  readonly person: number;
  readonly kind: 'start' | 'append' | 'reply' | 'told' | 'cancel' | 'move' | 'delete';
  readonly path: string;
  readonly body: unknown;
  /** The message to cancel or move, or the conversation whose contact to delete. */
  readonly subject?: string;
  /** Its `Idempotency-Key`. */
  readonly key?: string;
  readonly started: Moment;
  readonly process: number;
  answered?: Moment;
  status?: number;
  answer?: unknown;
  /** It was answered from what was noted of an earlier one. */
  isReplayed?: boolean;
}

export interface Reported {
  readonly place: MessagePlace;
  readonly attempt: number;
  readonly status: DeliveryStatus;
  /** When the hook had handled it. */
  done?: Moment;
}

export interface Consent {
  /** Of the opt-out item. */
  readonly key: string;
  readonly kind: 'stop' | 'start';
  readonly when: Moment;
}

/** A message as it was put into the table. */
export interface Stored extends MessagePlace {
  readonly message: Message;
  readonly process: number;
  readonly when: Moment;
}

/** A write that gave somebody a place in a conversation. */
export interface Reserved {
  readonly conversation: string;
  readonly process: number;
  readonly when: Moment;
  /** Nobody got its answer. */
  readonly lost: boolean;
}

/** What happened in a run, as far as the invariants ask. */
export interface History {
  readonly asked: Asked[];
  readonly stored: Stored[];
  /** Items of conversations as they were created. */
  readonly conversations: Map<string, Record<string, unknown>>;
  readonly changes: Change[];
  readonly claims: Claimed[];
  readonly sent: Sent[];
  readonly rules: RuleApplied[];
  /** When a process last read its conversation. */
  readonly looks: Map<number, Moment>;
  /** When a process last read an opt-out. */
  readonly consentLooks: Map<number, ConsentLook>;
  readonly reports: Reported[];
  readonly consents: Consent[];
  /** When a conversation was first marked deleted. */
  readonly deletions: Map<string, Moment>;
  readonly reserved: Reserved[];
  readonly counts: Map<string, number>;
}

export const createHistory = (): History => ({
  asked: [],
  stored: [],
  conversations: new Map(),
  changes: [],
  claims: [],
  sent: [],
  rules: [],
  looks: new Map(),
  consentLooks: new Map(),
  reports: [],
  consents: [],
  deletions: new Map(),
  reserved: [],
  counts: new Map(),
});

export const count = ({ counts }: Pick<History, 'counts'>, what: string, by = 1): void => {
  counts.set(what, (counts.get(what) ?? 0) + by);
};
