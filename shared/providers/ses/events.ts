import { parseCorrelationTags } from '../correlation.ts';
import type { ConsentEvent, DeliveryEvent, ProviderEvent, QueuedEvent } from '../provider.ts';
import { type SesDetail, SesDetailSchema } from './event-schema.ts';

type Read = (detail: SesDetail) => ProviderEvent[];

/**
 * What each event says; the names are EventBridge's. A delayed mail is one that SES has and still tries. Opening and
 * clicking are weak evidence of reading: proxies fetch pictures and links too. Reported only by a configuration set that
 * asks for them.
 */
const READERS: ReadonlyMap<string, Read> = new Map([
  ['Email Sent', (detail) => [delivery(detail, { status: 'accepted', at: timeOf(detail.mail) })]],
  ['Email Delivery Delayed', (detail) => [delivery(detail, { status: 'accepted', at: timeOf(detail.mail) })]],
  ['Email Delivered', (detail) => [delivery(detail, { status: 'delivered', at: timeOf(detail.delivery) })]],
  ['Email Opened', (detail) => [delivery(detail, { status: 'read', at: timeOf(detail.open) })]],
  ['Email Clicked', (detail) => [delivery(detail, { status: 'read', at: timeOf(detail.click) })]],
  ['Email Bounced', readBounce],
  ['Email Complaint Received', readComplaint],
  ['Email Rejected', (detail) => [refused(detail, 'Reject', detail.reject?.reason ?? 'SES refused the content.')]],
  [
    'Email Rendering Failed',
    (detail) => [
      refused(detail, 'RenderingFailure', detail.failure?.errorMessage ?? 'SES could not fill in the template.'),
    ],
  ],
  ['Email Subscribed', readSubscription],
]);

/**
 * Translates an event that SES put on the bus; nothing for others, and for one of an unknown shape. The message is the
 * one that our own tags name: SES repeats them for mails that were sent with a configuration set.
 */
export function parseSesEvent({ source, detailType, detail }: QueuedEvent): readonly ProviderEvent[] {
  const read = source === 'aws.ses' ? READERS.get(detailType) : undefined;
  const parsed = read && SesDetailSchema.safeParse(detail).data;
  return read && parsed ? read(parsed) : [];
}

function delivery({ mail }: SesDetail, { at, ...said }: Pick<DeliveryEvent, 'status' | 'at' | 'error'>): DeliveryEvent {
  const correlation = parseCorrelationTags(mail.tags);
  return {
    kind: 'delivery',
    providerId: mail.messageId,
    ...said,
    ...(correlation && { correlation }),
    ...(at !== undefined && { at }),
  };
}

const refused = (detail: SesDetail, code: string, message: string): DeliveryEvent =>
  delivery(detail, { status: 'failed', at: timeOf(detail.mail), error: { code, message, class: 'permanent' } });

/**
 * SES has tried again for hours before it reports. `Permanent`: the address is no good; else the next mail may pass.
 * Source: docs.aws.amazon.com/ses, "Bounce types".
 */
function readBounce(detail: SesDetail): ProviderEvent[] {
  const { bounce } = detail;
  if (!bounce) return [];
  const at = timeOf(bounce);
  const isHard = bounce.bounceType === 'Permanent';
  const code = [bounce.bounceType, bounce.bounceSubType].filter(Boolean).join('.');
  const message = bounce.bouncedRecipients[0]?.diagnosticCode ?? `The mail bounced: ${code}.`;
  const failed = delivery(detail, {
    status: 'failed',
    at,
    error: {
      code,
      message,
      class: isHard ? 'permanent' : 'retryable',
      scope: 'recipient',
      ...(isHard && { effect: 'suppress' }),
    },
  });
  const addresses = isHard ? bounce.bouncedRecipients : [];
  return [
    failed,
    ...addresses.map(({ emailAddress }) => consent(detail, emailAddress, { change: 'bounce', reason: code, at })),
  ];
}

/** A `not-spam` report takes a complaint back and is none. */
function readComplaint(detail: SesDetail): ProviderEvent[] {
  const { complaint } = detail;
  if (!complaint || complaint.complaintFeedbackType === 'not-spam') return [];
  const reason = complaint.complaintFeedbackType ?? 'complaint';
  return complaint.complainedRecipients.map(({ emailAddress }) =>
    consent(detail, emailAddress, { change: 'complaint', reason, at: timeOf(complaint) }),
  );
}

/** Of SES's own list management: leaving all topics, or coming back. */
function readSubscription(detail: SesDetail): ProviderEvent[] {
  const { subscription, mail } = detail;
  const unsubscribed = subscription?.newTopicPreferences?.unsubscribeAll;
  if (unsubscribed === undefined) return [];
  const change = unsubscribed ? 'marketing_stop' : 'marketing_start';
  const said = { change, reason: 'Subscription', at: timeOf(subscription) } as const;
  return mail.destination.map((address) => consent(detail, address, said));
}

function consent(
  { mail }: SesDetail,
  address: string,
  { at, ...said }: Pick<ConsentEvent, 'change' | 'reason' | 'at'>,
): ConsentEvent {
  const correlation = parseCorrelationTags(mail.tags);
  return {
    kind: 'consent',
    touchpoint: 'email',
    address,
    ...said,
    ...(correlation && { correlation }),
    ...(at !== undefined && { at }),
  };
}

/** ISO 8601, in epoch milliseconds. */
function timeOf(part: { timestamp?: string | undefined } | undefined): number | undefined {
  const at = Date.parse(part?.timestamp ?? '');
  return Number.isNaN(at) ? undefined : at;
}
