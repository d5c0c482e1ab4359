import { parseEmailAddress } from './email-address.ts';
import type { ServiceType } from './services.ts';

type Params = Readonly<Record<string, string | undefined>>;

/** The address in a header such as `Shop <hello@shop.example>`, one form for all ways of writing it. */
export function mailboxIn(header: string): string | undefined {
  const parsed = parseEmailAddress(/<([^<>]*)>\s*$/.exec(header)?.[1] ?? header);
  return parsed.ok ? parsed.matchKey : undefined;
}

const domainOf = (mailbox: string): string => mailbox.slice(mailbox.lastIndexOf('@'));

/** The domain under which a service receives mail, or else sends it; undefined when it has neither. */
export function mailDomain({ inboundDomain, from }: Params): string | undefined {
  const mailbox = mailboxIn(inboundDomain ? `x@${inboundDomain}` : (from ?? ''));
  return mailbox && domainOf(mailbox).slice(1);
}

/** Whole addresses, and domains that begin with `@`. */
function mailNames({ inboundDomain, from, replyTo }: Params): string[] {
  const mailboxes = [from, replyTo].map((header) => header && mailboxIn(header)).filter((name) => name !== undefined);
  const domain = inboundDomain && mailDomain({ inboundDomain });
  return [...new Set([...mailboxes, ...(domain ? [`@${domain}`] : [])])].filter((name) => name !== '');
}

/** By type of service, where replies do not come by the service's own callback address. */
const NAMES: Readonly<Partial<Record<ServiceType, (params: Params) => (string | undefined)[]>>> = {
  ses: mailNames,
  'aws-sms': ({ originationIdentity, inboundNumber }) => [originationIdentity, inboundNumber],
  'aws-social': ({ metaPhoneNumberId }) => [metaPhoneNumberId],
};

/** What a service receives at: addresses and domains of mail, telephone numbers, Meta's ids of numbers. */
export const receivingNames = ({ type, params }: { type: ServiceType; params: Params }): string[] =>
  (NAMES[type]?.(params) ?? []).flatMap((name) => name || []);

/** The names by which a service may take mail to this address, the whole address first. */
export const namesReceiving = (mailbox: string): string[] => [mailbox, domainOf(mailbox)];
