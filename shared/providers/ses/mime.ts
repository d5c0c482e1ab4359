import { domainToASCII } from 'node:url';
import MailComposer from 'nodemailer/lib/mail-composer';
import { refused } from '../error-table.ts';
import type { Content, Rejected, SendRequest } from '../provider.ts';

type Email = Extract<Content, { kind: 'email' }>;

export interface RawEmail {
  /** The only recipient, whatever the headers say. */
  readonly recipient: string;
  readonly data: Uint8Array;
}

/** One address: no list, no display name, no comment, nothing that could end a header line. */
const ADDRESS = /^([^\s<>()[\],;:\\"@]+)@([^\s<>()[\],;:\\"@]+)$/;
/** What ends a header line, or a string in a careless reader. */
const LINE_END = /[\r\n\0]/;

/**
 * The MIME message, as a client of this region of SES writes it. Rejected: an address that is not exactly one, or a line
 * end in what becomes a header. SES takes 7-bit addresses with Punycode domains, and sets `Date` and `Message-ID` itself.
 */
export async function rawEmail(request: SendRequest, email: Email, region: string): Promise<RawEmail | Rejected> {
  const { from } = request.service.params;
  const replyTo = email.replyTo ?? request.service.params.replyTo;
  if (!from) return refused('no_sender', 'sender', 'The service lacks a sender: set from.');
  const recipient = asciiAddress(request.to);
  if (!recipient) return refused('invalid_address', 'recipient', 'The recipient is not one email address.');
  if ([from, replyTo ?? ''].some((header) => LINE_END.test(header))) {
    return refused('header_injection', 'sender', 'A line end is not allowed in from or replyTo.');
  }
  if ([email.subject, ...threadIds(email), email.unsubscribeUrl ?? ''].some((header) => LINE_END.test(header))) {
    return refused('header_injection', 'content', 'A line end is not allowed in the subject or another header.');
  }
  const composer = new MailComposer({
    from,
    to: { name: '', address: recipient },
    subject: email.subject,
    text: email.text,
    ...(email.html && { html: email.html }),
    ...(replyTo && { replyTo }),
    ...threadHeaders(email, region),
    ...(email.unsubscribeUrl && { headers: unsubscribeHeaders(email.unsubscribeUrl) }),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return { recipient, data: await composer.compile().build() };
}

const threadIds = ({ thread }: Email): string[] => [...(thread?.references ?? []), thread?.inReplyTo ?? ''];

/** SES answers with an id without a domain, and writes it on the mail with the one of its region. */
function threadHeaders({ thread }: Email, region: string): { references?: string[]; inReplyTo?: string } {
  const host = region === 'us-east-1' ? 'email' : region;
  const messageId = (id: string): string => (id.includes('@') ? `<${id}>` : `<${id}@${host}.amazonses.com>`);
  const { references = [], inReplyTo } = thread ?? {};
  return {
    ...(references.length > 0 && { references: references.map(messageId) }),
    ...(inReplyTo !== undefined && { inReplyTo: messageId(inReplyTo) }),
  };
}

/** As they are: a mail program that unsubscribes by itself reads no folded or encoded address. */
const unsubscribeHeaders = (url: string) => [
  { key: 'List-Unsubscribe', value: { prepared: true, value: `<${url}>` } },
  { key: 'List-Unsubscribe-Post', value: { prepared: true, value: 'List-Unsubscribe=One-Click' } },
];

function asciiAddress(address: string): string | undefined {
  const [, local, domain] = ADDRESS.exec(address) ?? [];
  const ascii = domainToASCII(domain ?? '');
  return local && ascii && !LINE_END.test(address) ? `${local}@${ascii}` : undefined;
}
