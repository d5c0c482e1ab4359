import type { ServiceType } from '../domain/services.ts';
import type { TemplateUse } from '../domain/template-use.ts';
import type { Touchpoint } from '../domain/touchpoint.ts';

/** Names one attempt at one message. Providers echo it in callbacks, so it holds no personal data. */
export interface Correlation {
  readonly conversation: string;
  /** Sort key of the message, `M#<due>#<seq>`. */
  readonly key: string;
  readonly attempt: number;
  readonly message: string;
}

/** A service of the organization: which account and sender carry a touchpoint. `params` as the API shows them, without secrets. */
export interface ServiceConfig {
  readonly id: string;
  readonly organization: string;
  readonly type: ProviderName;
  readonly params: Readonly<Record<string, string | undefined>>;
}

export type ProviderName = ServiceType;

export type Content =
  | { readonly kind: 'text'; readonly text: string }
  | ({
      readonly kind: 'template';
      /** The template with its parameters filled in: what the contact reads. */
      readonly text: string;
    } & Readonly<TemplateUse>)
  | {
      readonly kind: 'email';
      readonly subject: string;
      readonly text: string;
      readonly html?: string;
      /** Where replies go, instead of the service's `replyTo`. */
      readonly replyTo?: string;
      /** Message-IDs without brackets, oldest first; one without an `@` is an id that this provider gave. */
      readonly thread?: { readonly references: readonly string[]; readonly inReplyTo?: string };
      /** Where mail programs take the contact off the list by themselves (RFC 8058). */
      readonly unsubscribeUrl?: string;
    };

export interface SendRequest {
  readonly correlation: Correlation;
  /** Which of the provider's touchpoints the message goes by. */
  readonly touchpoint: Touchpoint;
  readonly service: ServiceConfig;
  /** The service's credentials as stored in Secrets Manager; empty for providers that need none. */
  readonly secret: Readonly<Record<string, string | undefined>>;
  /** E.164 telephone with `+`, an email address as the caller wrote it, or Meta's id of a person. */
  readonly to: string;
  readonly content: Content;
  /** Alphanumeric SMS sender (`meta.SenderID`) that replaces the service's own number. */
  readonly senderId?: string;
  /** Public base URL of this installation, without trailing slash; adapters derive callback addresses from it. */
  readonly publicUrl: string;
  readonly timeoutMs: number;
}

interface Accepted {
  readonly outcome: 'accepted';
  readonly providerId: string;
}

/**
 * `permanent` never retry this send; `retryable` certainly not sent, try again; `throttled` certainly not sent, try
 * later and slower; `ambiguous` the request left and the answer is missing or says nothing: it may have been sent.
 */
export type FailureClass = 'permanent' | 'retryable' | 'throttled' | 'ambiguous';

export interface Rejected {
  readonly outcome: 'rejected';
  readonly class: FailureClass;
  readonly scope: 'request' | 'content' | 'template' | 'recipient' | 'sender' | 'account' | 'pair';
  /**
   * The provider's own code; `timeout`, `connection_refused`, `connection_lost`, `http_<status>`, `unknown`; `not_sent`,
   * an error of ours before the request left; or a refusal of ours: `no_credentials`, `no_sender`,
   * `unsupported_content`, `invalid_address`, `header_injection`; or a state of ours at the provider: `link_pending`,
   * `link_refused`, `client_blocked`.
   */
  readonly code: string;
  readonly message: string;
  readonly retryAfterMs?: number;
  readonly effect?: 'opt_out' | 'marketing_stop' | 'suppress' | 'needs_template' | 'template_off';
}

export type SendResult = Accepted | Rejected;

export interface LookupRequest {
  /** Of the attempt that is unclear. */
  readonly correlation: Correlation;
  readonly touchpoint: Touchpoint;
  readonly service: ServiceConfig;
  readonly secret: Readonly<Record<string, string | undefined>>;
  readonly to: string;
  readonly content: Content;
  readonly senderId?: string;
  /** Epoch milliseconds of the earliest moment at which the provider may have taken the message. */
  readonly since: number;
  readonly timeoutMs: number;
}

export type LookupResult =
  | { readonly outcome: 'found'; readonly providerIds: readonly string[] }
  | { readonly outcome: 'absent' }
  | { readonly outcome: 'unclear'; readonly message: string };

/** One HTTP call from a provider, with the body as the bytes that were signed. */
export interface CallbackRequest {
  readonly method: string;
  /** The public URL as configured, path and query included; never built from the Host header. */
  readonly url: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

export type DeliveryStatus = 'accepted' | 'sent' | 'delivered' | 'read' | 'failed' | 'expired';

export interface DeliveryEvent {
  readonly kind: 'delivery';
  readonly providerId: string;
  readonly correlation?: Correlation;
  readonly status: DeliveryStatus;
  /** Epoch milliseconds; the provider's clock where it says, else absent. */
  readonly at?: number;
  readonly error?: Pick<Rejected, 'code' | 'message' | 'class' | 'effect'>;
}

export interface InboundEvent {
  readonly kind: 'inbound';
  readonly providerId: string;
  readonly touchpoint: Touchpoint;
  /** E.164 with `+`, an email address, or Meta's id of a person who does not show their number. */
  readonly from: string;
  /** Meta's id of the person, beside their number. */
  readonly userId?: string;
  /** The receiving address as the service knows it: E.164 with `+`, Meta's phone number id, or an email address. */
  readonly to: string;
  readonly text: string;
  /** Links to attachments. */
  readonly media: readonly string[];
  readonly at?: number;
  readonly profileName?: string;
}

/** What the provider knows of a contact's will, or of an address, apart from any words of theirs that we see. */
export interface ConsentEvent {
  readonly kind: 'consent';
  readonly touchpoint: Touchpoint;
  /** E.164 with `+`, or an email address. */
  readonly address: string;
  readonly change: 'stop' | 'start' | 'complaint' | 'bounce' | 'marketing_stop' | 'marketing_start';
  /** The provider's own word or code. */
  readonly reason: string;
  readonly at?: number;
  /** The message that brought it about, where the provider says. */
  readonly correlation?: Correlation;
}

/** What became of a template at the provider. */
export interface TemplateEvent {
  readonly kind: 'template';
  readonly name: string;
  readonly language: string;
  /** As the provider spells it. */
  readonly status: string;
  readonly reason?: string;
}

export type ProviderEvent = DeliveryEvent | InboundEvent | ConsentEvent | TemplateEvent;

/**
 * One event that arrived on our own queue: from EventBridge, with its `source`, `detail-type` and `detail`; or from SNS,
 * where `source` is `aws.sns`, `detailType` empty and `detail` the parsed message. Nobody but AWS may put one there, so
 * there is no signature.
 */
export interface QueuedEvent {
  readonly source: string;
  readonly detailType: string;
  readonly detail: unknown;
}

/** `answer` is what the provider expects to read back: status, content type and body. */
export interface CallbackAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export type ParsedCallback =
  | { readonly verified: true; readonly events: readonly ProviderEvent[]; readonly answer: CallbackAnswer }
  | { readonly verified: false; readonly reason: string };

/**
 * One way to reach people. Adapters are stateless: a table of error codes and one HTTP call. They decide nothing about
 * consent, windows, languages or retries.
 */
export interface Provider {
  readonly name: ProviderName;
  /** What it can carry; which of them a service carries depends on its params too. */
  readonly touchpoints: readonly Touchpoint[];
  /** It reaches people by Meta's id of them. */
  readonly reachesUserIds?: boolean;
  /** Reports do not carry our correlation: the `providerId` recorded by the send must find the message. */
  readonly needsPointer?: boolean;
  /** Never throws for anything the provider answers or fails to answer. Makes exactly one attempt. */
  send(request: SendRequest): Promise<SendResult>;
  /** Finds out what became of an ambiguous send; absent where the provider has no way to tell. */
  lookup?(request: LookupRequest): Promise<LookupResult>;
  /** Verifies and translates a callback; pure. */
  parseCallback?(request: CallbackRequest, secret: Readonly<Record<string, string | undefined>>): ParsedCallback;
  /** Translates an event of our own queue; pure. `now` is epoch milliseconds. Nothing for what it does not know. */
  parseEvent?(event: QueuedEvent, now: number): readonly ProviderEvent[];
}
