import { parseEmailAddress } from './email-address.ts';
import type { ServiceType } from './services.ts';

/** The address in a header such as `Shop <hello@shop.example>`, one form for all ways of writing it. */
export function mailboxIn(header: string): string | undefined {
  const parsed = parseEmailAddress(/<([^<>]*)>\s*$/.exec(header)?.[1] ?? header);
  return parsed.ok ? parsed.matchKey : undefined;
}

const domainOf = (mailbox: string): string => mailbox.slice(mailbox.lastIndexOf('@'));

/** The domain under which a service receives mail, or else sends it; undefined when it has neither. */
export function mailDomain({ inboundDomain, from }: Readonly<Record<string, string | undefined>>): string | undefined {
  const mailbox = mailboxIn(inboundDomain ? `x@${inboundDomain}` : (from ?? ''));
  return mailbox && domainOf(mailbox).slice(1);
}

type Params = Readonly<Record<string, string | undefined>>;

/** What mail a service takes: whole addresses, and domains that begin with `@`. */
function mailNames(params: Params): string[] {
  const { inboundDomain, from, replyTo } = params;
  const mailboxes = [from, replyTo].map((header) => header && mailboxIn(header)).filter((name) => name !== undefined);
  const domain = inboundDomain && mailDomain({ inboundDomain });
  return [...new Set([...mailboxes, ...(domain ? [`@${domain}`] : [])])].filter((name) => name !== '');
}

const present = (...names: readonly (string | undefined)[]): string[] => names.filter((name) => name !== undefined);

const isNumber = (identity: string | undefined): boolean => identity?.startsWith('+') ?? false;

/** By type: under which names a service is written to, where no callback URL says which service it is. */
const NAMES: Readonly<Partial<Record<ServiceType, (params: Params) => string[]>>> = {
  ses: mailNames,
  'aws-sms': ({ inboundNumber, originationIdentity }) =>
    present(inboundNumber, isNumber(originationIdentity) ? originationIdentity : undefined),
  'aws-social': ({ metaPhoneNumberId }) => present(metaPhoneNumberId),
};

export const receivingNames = ({ type, params }: { type: ServiceType; params: Params }): string[] =>
  NAMES[type]?.(params) ?? [];

/** The names by which a service may take mail to this address, the whole address first. */
export const namesReceiving = (mailbox: string): string[] => [mailbox, domainOf(mailbox)];
