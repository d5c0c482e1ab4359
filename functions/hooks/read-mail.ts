import PostalMime, { type Address, type Attachment, addressParser, type Email } from 'postal-mime';
import { textOfHtml } from '../../shared/domain/html-text.ts';
import { newPartOf } from '../../shared/domain/reply-text.ts';
import { thinMail } from './thin-mail.ts';

/** A mail as far as we are concerned with it. */
export interface InboundMail {
  /** The sender's Message-ID, without brackets; absent when it has none. */
  readonly messageId?: string;
  readonly from: string;
  readonly fromName?: string;
  /** Whom it was sent to, as far as its headers say: the address of the delivery first. */
  readonly recipients: readonly string[];
  /** Message-IDs that it refers to, without brackets, nearest first. */
  readonly references: readonly string[];
  readonly subject?: string;
  /** What the contact wrote, without what they quote. */
  readonly text: string;
  readonly attachments: readonly MailAttachment[];
  /** Why nobody wrote this, or nobody should read it. */
  readonly ignored?: 'virus' | 'automatic';
  /** What its checks say: neither may make a contact of a stranger. */
  readonly isSuspect: boolean;
}

export interface MailAttachment {
  readonly name: string;
  readonly contentType: string;
  readonly size: number;
  /** Which attachment of the mail, from 1. */
  readonly part: number;
}

const MAX_TEXT = 65_536;
const MAX_NAME = 256;
const MAX_HTML = 1_048_576;
const MAX_LISTED = 50;
const HEAD_BYTES = 65_536;
const LIMITS = { maxNestingDepth: 50, maxHeadersSize: 1_048_576, maxRfc822NestingDepth: 0 };

/** What stands in place of a text that cannot be read. */
const UNREADABLE = '[unreadable mail]';
/** What stands in place of a text where there are attachments only, as in replies by SMS. */
const MEDIA = '[media]';

/** Reads a mail, whatever it is: one that is no MIME has the text that says so, and what its head says. Never throws. */
export async function readMail(raw: Uint8Array): Promise<InboundMail> {
  try {
    return toMail(await PostalMime.parse(thinMail(raw), LIMITS));
  } catch {
    return toMail({ ...(await readHead(raw)), text: UNREADABLE });
  }
}

async function readHead(raw: Uint8Array): Promise<Email> {
  const head =
    Buffer.from(raw.subarray(0, HEAD_BYTES))
      .toString('latin1')
      .split(/\r?\n\r?\n/, 1)[0] ?? '';
  const lines = head.split(/\r?\n(?![ \t])/).filter((line) => !/^(?:content-|mime-)/i.test(line));
  return PostalMime.parse(lines.join('\r\n'), { ...LIMITS, maxHeadersSize: 2 * HEAD_BYTES });
}

function toMail(mail: Email): InboundMail {
  const header = (name: string): string => mail.headers.find(({ key }) => key === name)?.value.trim() ?? '';
  const attachments = mail.attachments.slice(0, MAX_LISTED).map(toAttachment);
  const sender = mail.from?.group ? mail.from.group[0] : mail.from;
  const messageId = idsIn(mail.messageId)[0];
  const subject = oneLine(mail.subject ?? '');
  return {
    ...(messageId !== undefined && { messageId }),
    from: sender?.address ?? '',
    ...(sender?.name && { fromName: oneLine(sender.name) }),
    recipients: recipientsOf(mail, header('received')),
    references: [...idsIn(mail.inReplyTo), ...idsIn(mail.references).reverse()].slice(0, MAX_LISTED),
    ...(subject !== '' && { subject }),
    text: textOf(mail) || (attachments.length > 0 ? MEDIA : ''),
    attachments,
    ...ignoredBy(header),
    isSuspect: /^fail\b/i.test(header('x-ses-spam-verdict')) || failsDmarc(header('authentication-results')),
  };
}

/** SES puts its own headers above those that the mail came with, so the first of a name is SES's. */
function ignoredBy(header: (name: string) => string): Pick<InboundMail, 'ignored'> {
  if (/^fail\b/i.test(header('x-ses-virus-verdict'))) return { ignored: 'virus' };
  const isAutomatic =
    /^auto-/i.test(header('auto-submitted')) ||
    /^(?:bulk|junk|list|auto_reply)$/i.test(header('precedence')) ||
    /^<\s*>$/.test(header('return-path'));
  return isAutomatic ? { ignored: 'automatic' } : {};
}

const failsDmarc = (results: string): boolean => /^amazonses\.com\b/i.test(results) && /\bdmarc=fail\b/i.test(results);

/** `for <address>` of the receiving server names who got it, copies in secret included. */
function recipientsOf({ to = [], cc = [], deliveredTo }: Email, received: string): string[] {
  const delivered = /\bfor\s+<?([^\s<>;]+@[^\s<>;]+)>?/i.exec(received.slice(0, 2_000))?.[1];
  const addresses = [delivered, deliveredTo, ...[...to, ...cc].flatMap(addressesOf)];
  return [...new Set(addresses.filter((address) => address !== undefined && address !== ''))].slice(
    0,
    MAX_LISTED,
  ) as string[];
}

const addressesOf = (entry: Address): string[] =>
  (entry.group ?? [entry]).flatMap(({ address, name }) => address || addressParser(name)[0]?.address || []);

const idsIn = (header = ''): string[] =>
  [...header.slice(0, 16_384).matchAll(/<([^<>\s]{1,998})>/g)].map(([, id]) => id ?? '');

function textOf({ text, html }: Email): string {
  const plain = text?.trim() ? text : textOfHtml((html ?? '').slice(0, MAX_HTML));
  return shortened(newPartOf(plain), MAX_TEXT);
}

const toAttachment = ({ filename, mimeType, content }: Attachment, index: number): MailAttachment => ({
  name: oneLine(filename ?? ''),
  contentType: mimeType,
  size: typeof content === 'string' ? content.length : content.byteLength,
  part: index + 1,
});

/** Of what people and programs wrote, so much as may become a header again, and as fits. */
const oneLine = (text: string): string => shortened(text.replace(/\p{Cc}+/gu, ' ').trim(), MAX_NAME);

/** At most so many characters, none of them half. */
const shortened = (text: string, longest: number): string => text.slice(0, longest).toWellFormed();
