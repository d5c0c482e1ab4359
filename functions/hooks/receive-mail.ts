import type { Reply } from './identify-writer.ts';
import type { MailReader, MailReference } from './mail-store.ts';
import { type MailMatch, matchMail } from './match-mail.ts';
import type { HookParts } from './parts.ts';
import type { InboundMail } from './read-mail.ts';
import { receiveReply } from './receive-reply.ts';

export interface MailParts extends HookParts {
  readonly readMail: MailReader;
}

type Ignored = 'gone' | 'virus' | 'automatic' | 'nobody' | 'suspect';

/**
 * A mail came in: it becomes a message of its sender, in the conversation that it answers. Counted and not stored: a
 * virus, what no person wrote, what is for nobody, and a stranger's mail that does not pass its checks. Throws only our
 * own faults: no mail is a poison message.
 */
export async function receiveMail(parts: MailParts, reference: MailReference): Promise<void> {
  const mail = await parts.readMail(reference);
  if (!mail) return ignore(parts, reference, 'gone');
  if (mail.ignored) return ignore(parts, reference, mail.ignored);
  const match = await matchMail(parts, mail);
  if (!match) return ignore(parts, reference, 'nobody');
  if (mail.isSuspect && match.conversation === undefined) return ignore(parts, reference, 'suspect');
  await receiveReply(parts, match.service, replyOf(reference, mail, match));
}

function ignore({ observe }: MailParts, { key }: MailReference, reason: Ignored): void {
  observe.info('A mail was not stored.', { code: reason, key });
  observe.count('EventIgnored', 1, 'email');
}

const replyOf = (reference: MailReference, mail: InboundMail, { conversation }: MailMatch): Reply => ({
  kind: 'inbound',
  touchpoint: 'email',
  // One without a Message-ID is told from others by where it lies.
  providerId: mail.messageId ?? reference.key,
  from: mail.from,
  to: mail.recipients[0] ?? '',
  text: mail.text,
  media: [],
  ...(mail.fromName !== undefined && { profileName: mail.fromName }),
  ...(conversation !== undefined && { conversation }),
  ...(mail.subject !== undefined && { subject: mail.subject }),
  meta: {
    mail: reference.key,
    ...(mail.subject !== undefined && { subject: mail.subject }),
    ...(mail.attachments.length > 0 && { attachments: mail.attachments }),
  },
});
