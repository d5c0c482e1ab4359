import { addressOf } from '../../domain/address.ts';
import { textOfHtml } from '../../domain/html-text.ts';
import type { Message } from '../../domain/message.ts';
import { purposeOf } from '../../domain/purpose.ts';
import { mailDomain } from '../../domain/receiving-address.ts';
import { replyAddress, taggedValue, threadId } from '../../domain/reply-address.ts';
import { unsubscribedValue, unsubscribeToken } from '../../domain/unsubscribe-token.ts';
import { createSigner } from '../../runtime/signer.ts';
import { addressDigest } from '../../store/consent.ts';
import { identityDigest } from '../../store/identities.ts';
import { attachmentsOf } from './email-attachments.ts';
import { htmlOfText, type Link, textWithLinks, withLinks } from './email-html.ts';
import { type EmailThread, readThread } from './email-thread.ts';
import type { Writer, Written } from './writer.ts';

/**
 * Both readings of the text, in the thread of the conversation, with what it takes to reply to it and, for marketing, to
 * end it. The thread is read only where there is a message before this one.
 */
export const emailContent: Writer = async (written) => {
  const { message, conversation, parts, service } = written;
  const pepper = await parts.pepper();
  const thread = conversation.seq > 1 ? await readThread(parts.table, message) : { emails: [] };
  const unsubscribeUrl = purposeOf(message) === 'marketing' ? unsubscribeUrlOf(written, pepper) : undefined;
  const links = [
    ...attachmentsOf(message),
    ...(unsubscribeUrl === undefined ? [] : [{ label: 'Unsubscribe', url: unsubscribeUrl }]),
  ];
  const signature = createSigner(pepper, 'reply').sign(taggedValue(conversation));
  const tag = { conversation: conversation.id, signature };
  const domain = mailDomain(service.params);
  const references = [...(domain ? [threadId(tag, domain)] : []), ...thread.emails];
  return {
    kind: 'email',
    subject: subjectOf(written, thread),
    ...bodiesOf(message, links),
    ...(service.params.inboundDomain && domain && { replyTo: replyAddress(tag, domain) }),
    thread: { references, ...(thread.emails.length > 0 && { inReplyTo: thread.emails.at(-1) }) },
    ...(unsubscribeUrl !== undefined && { unsubscribeUrl }),
  };
};

/** The message's own subject, else that of the thread, else the organization's. */
function subjectOf({ message, configuration: { organization } }: Written, thread: EmailThread): string {
  const own = message.meta?.subject;
  if (typeof own === 'string' && own.trim() !== '') return own;
  if (thread.subject !== undefined) return /^re\s*:/i.test(thread.subject) ? thread.subject : `Re: ${thread.subject}`;
  return organization.settings.emailSubject ?? `Message from ${organization.name}`;
}

function bodiesOf({ text = '', contentType }: Message, links: readonly Link[]): { text: string; html: string } {
  const isHtml = contentType === 'text/html';
  return {
    text: textWithLinks(isHtml ? textOfHtml(text) : text, links),
    html: withLinks(isHtml ? text : htmlOfText(text), links),
  };
}

function unsubscribeUrlOf({ conversation, parts }: Written, pepper: string): string | undefined {
  const address = addressOf('email', conversation);
  if (!address) return undefined;
  const unsubscriber = {
    organization: conversation.organization,
    identity: identityDigest(pepper, address.kind, address.matchKey),
    address: addressDigest(pepper, address.matchKey),
  };
  const signature = createSigner(pepper, 'unsubscribe').sign(unsubscribedValue(unsubscriber));
  return `${parts.settings.publicUrl}/v2/hooks/unsubscribe/${unsubscribeToken(unsubscriber, signature)}`;
}
