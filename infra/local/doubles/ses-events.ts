import { networkDelayMs } from './courier.ts';
import type { Kit } from './kit.ts';
import type { RawEmail } from './ses-request.ts';

/** What became of a mail. */
export type MailFate = 'delivered' | 'complaint' | { readonly bounce: string };

const BOUNCE_TYPES = ['Permanent', 'Transient', 'Undetermined'];

/** The mailbox simulator's addresses. Source: docs.aws.amazon.com/ses, "Using the mailbox simulator". */
export function fateOf(recipient: string, failure: string | undefined): MailFate {
  if (failure !== undefined) return { bounce: failure };
  const [mailbox = '', domain] = recipient.split('@');
  const simulated = domain?.toLowerCase() === 'simulator.amazonses.com' ? mailbox.split('+')[0] : undefined;
  if (simulated === 'bounce') return { bounce: 'Permanent' };
  return simulated === 'complaint' ? 'complaint' : 'delivered';
}

/** Tells the bus of a mail that was sent with a configuration set, as SES does: that it was sent, and what became of it. */
export function createSesEvents({ now, courier, events }: Pick<Kit, 'now' | 'courier' | 'events'>) {
  const time = () => new Date(now()).toISOString();

  function tell(email: RawEmail, messageId: string, [detailType, eventType, part]: readonly [string, string, object]) {
    const mail = {
      timestamp: time(),
      source: email.source,
      sendingAccountId: '000000000000',
      messageId,
      destination: email.recipients,
      tags: {
        'ses:configuration-set': [email.configurationSet],
        ...Object.fromEntries(Object.entries(email.tags).map(([name, value]) => [name, [value]])),
      },
    };
    const detail = { eventType, mail, ...part };
    void events.bus('aws.ses', detailType, detail);
  }

  return (email: RawEmail, messageId: string, fates: ReadonlyMap<string, MailFate>): void => {
    if (email.configurationSet === undefined) return;
    const sentAfterMs = networkDelayMs();
    courier.later(sentAfterMs, () => tell(email, messageId, ['Email Sent', 'Send', { send: {} }]));
    for (const [recipient, fate] of fates) {
      const news = newsOf(recipient, fate, time);
      news.forEach((one, index) => {
        courier.later(sentAfterMs + (index + 1) * networkDelayMs(), () => tell(email, messageId, one()));
      });
    }
  };
}

type News = () => readonly [detailType: string, eventType: string, part: object];

function newsOf(recipient: string, fate: MailFate, time: () => string): News[] {
  const delivered: News = () => [
    'Email Delivered',
    'Delivery',
    { delivery: { timestamp: time(), recipients: [recipient], smtpResponse: '250 ok' } },
  ];
  if (fate === 'delivered') return [delivered];
  if (fate !== 'complaint')
    return [() => ['Email Bounced', 'Bounce', { bounce: bounceOf(recipient, fate.bounce, time()) }]];
  return [
    delivered,
    () => [
      'Email Complaint Received',
      'Complaint',
      {
        complaint: {
          timestamp: time(),
          complainedRecipients: [{ emailAddress: recipient }],
          complaintFeedbackType: 'abuse',
        },
      },
    ],
  ];
}

/** A code that is no type of bounce is taken for the subtype of a permanent one. */
function bounceOf(recipient: string, code: string, timestamp: string) {
  const isType = BOUNCE_TYPES.includes(code);
  return {
    timestamp,
    bounceType: isType ? code : 'Permanent',
    bounceSubType: isType ? 'General' : code,
    bouncedRecipients: [
      {
        emailAddress: recipient,
        action: 'failed',
        status: '5.1.1',
        diagnosticCode: 'smtp; 550 5.1.1 user unknown',
      },
    ],
  };
}
