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
 * The MIME message. Rejected: an address that is not exactly one, or a line end in what becomes a header.
 * SES takes 7-bit addresses with Punycode domains, and sets `Date` and `Message-ID` itself.
 */
export async function rawEmail({ to, service }: SendRequest, email: Email): Promise<RawEmail | Rejected> {
  const { from, replyTo } = service.params;
  if (!from) return refused('no_sender', 'sender', 'The service lacks a sender: set from.');
  const recipient = asciiAddress(to);
  if (!recipient) return refused('invalid_address', 'recipient', 'The recipient is not one email address.');
  if ([from, replyTo ?? ''].some((header) => LINE_END.test(header))) {
    return refused('header_injection', 'sender', 'A line end is not allowed in from or replyTo.');
  }
  if (LINE_END.test(email.subject)) {
    return refused('header_injection', 'content', 'A line end is not allowed in the subject.');
  }
  const composer = new MailComposer({
    from,
    to: { name: '', address: recipient },
    subject: email.subject,
    text: email.text,
    ...(email.html && { html: email.html }),
    ...(replyTo && { replyTo }),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return { recipient, data: await composer.compile().build() };
}

function asciiAddress(address: string): string | undefined {
  const [, local, domain] = ADDRESS.exec(address) ?? [];
  const ascii = domainToASCII(domain ?? '');
  return local && ascii && !LINE_END.test(address) ? `${local}@${ascii}` : undefined;
}
