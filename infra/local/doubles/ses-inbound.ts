import { randomUUID } from 'node:crypto';
import MailComposer from 'nodemailer/lib/mail-composer';
import { BadInput } from './bad-input.ts';
import type { Outcome } from './courier.ts';
import type { Kit } from './kit.ts';
import type { RawEmail } from './ses-request.ts';

interface LastMail {
  readonly mail: RawEmail['mail'];
  readonly messageId: string;
  readonly date: string;
  readonly writtenTo: string;
}

interface Written {
  /** Without it, they answer the last mail that they got. */
  readonly to?: string;
  readonly from: string;
  readonly name: string;
  readonly text: string;
}

/** People's mailboxes: what they write comes to us as SES receives it. */
export function createMailboxes({ now, events }: Pick<Kit, 'now' | 'events'>) {
  const lastTo = new Map<string, LastMail>();

  return {
    /** Who gets a mail can answer it, as a mail program does. */
    keep({ mail, source, recipients }: RawEmail, headers: Readonly<Record<string, string>>): void {
      const { 'message-id': messageId = '', date = '' } = headers;
      const writtenTo = mail.replyTo?.[0]?.address ?? source;
      for (const to of recipients) lastTo.set(to.toLowerCase(), { mail, messageId, date, writtenTo });
    },
    /** Throws `BadInput` when there is nothing to answer. */
    async write({ to, from, name, text }: Written): Promise<{ outcome: Outcome; providerId: string }> {
      const last = lastTo.get(from.toLowerCase());
      const recipient = to ?? last?.writtenTo;
      if (!recipient)
        throw new BadInput(`Nothing was ever sent to ${from} by email, so say in "to" who is written to.`);
      const providerId = `${randomUUID()}@${from.slice(from.lastIndexOf('@') + 1)}`;
      const composer = new MailComposer({
        from: { name, address: from },
        to: recipient,
        messageId: `<${providerId}>`,
        date: new Date(now()),
        ...(last ? answering(last, text) : { subject: 'Question', text }),
      });
      const raw = await composer.compile().build();
      const outcome = await events.mail(Buffer.concat([headOf(from, recipient), raw]));
      return { outcome, providerId };
    },
  };
}

function answering({ mail, messageId, date }: LastMail, text: string) {
  const subject = mail.subject ?? '';
  const quoted = (mail.text ?? '').trimEnd().replace(/^/gm, '> ');
  return {
    subject: /^re:/i.test(subject) ? subject : `Re: ${subject}`,
    inReplyTo: messageId,
    references: `${mail.references ?? ''} ${messageId}`.trim(),
    text: `${text}\n\nOn ${date}, ${mail.from?.name ?? ''} <${mail.from?.address ?? ''}> wrote:\n${quoted}`,
  };
}

/** What SES puts above a mail, its verdicts included. */
const headOf = (from: string, recipient: string): Buffer =>
  Buffer.from(
    [
      `Return-Path: <${from}>`,
      `Received: from mail.example.com (mail.example.com [192.0.2.1]) by inbound-smtp.eu-west-1.amazonaws.com with SMTP id 1 for ${recipient}`,
      'X-SES-Spam-Verdict: PASS',
      'X-SES-Virus-Verdict: PASS',
      'Authentication-Results: amazonses.com; spf=pass; dkim=pass; dmarc=pass',
      '',
    ].join('\r\n'),
  );
