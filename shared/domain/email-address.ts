import * as z from 'zod';

export type ParsedEmailAddress =
  | {
      readonly ok: true;
      /** As given, trimmed: what people see and what is stored. */
      readonly address: string;
      /** As given, with the domain in Punycode: the only form SES takes for a domain with other letters. */
      readonly ascii: string;
      /** One string for all ways in which one mailbox is written; what identity keys are made of. */
      readonly matchKey: string;
    }
  | { readonly ok: false; readonly reason: string };

/** RFC 5321, 4.5.3.1: 64 octets before the @; a path of 256 with its brackets leaves 254 for the address. */
const MAX_LENGTH = 254;
const MAX_LOCAL_LENGTH = 64;

/**
 * `z.email()` by itself refuses legal addresses: `=`, `/`, `&` and others before the @ (bounce and gateway addresses)
 * and top-level domains in Punycode (xn--p1ai). With the HTML pattern it takes these; what that takes too much of
 * (dots at an edge or in a row, one-label and numeric domains) is refused by `DOTS` and `DOMAIN`.
 */
const AsciiEmailSchema = z.email({ pattern: z.regexes.html5Email });
const DOTS = /^\.|\.\.|\.@|\.$/;
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?=[a-z0-9-]*[a-z])[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])$/;

/** Lower-case Punycode of a domain, or undefined. The URL parser sees no character with a meaning of its own in URLs. */
function asciiDomain(domain: string): string | undefined {
  if (/[^A-Za-z0-9.\-\u0080-\u{10FFFF}]/u.test(domain)) return undefined;
  const hostname = URL.parse(`http://${domain}/`)?.hostname;
  return hostname && DOMAIN.test(hostname) ? hostname : undefined;
}

const refuse = (reason: string): ParsedEmailAddress => ({ ok: false, reason });
const INVALID = 'is not a valid email address; write it like john@example.com';

/**
 * Reads one email address (contract, section 12, normalisation). The match key is the local part in lower case, with
 * dots and +tags kept, and the domain in lower-case Punycode. Refused: names around the address, quoted local parts,
 * addresses in brackets, line breaks and other control characters (header injection), letters outside ASCII before
 * the @ (SES delivers none), more than 254 characters or 64 before the @.
 *
 * Never throws: `reason` completes a sentence that begins with the name of the field.
 */
export function parseEmailAddress(input: string): ParsedEmailAddress {
  if (typeof input !== 'string' || input.trim() === '') return refuse('is empty; write it like john@example.com');
  if (input.length > 4 * MAX_LENGTH) return refuse(`is longer than ${MAX_LENGTH} characters`);
  const address = input.trim().normalize('NFC');
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(address))
    return refuse('has line breaks or invisible characters; leave them out');
  if (/[<>]/.test(address)) return refuse('must be the address alone, without a name or angle brackets');
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at);
  if (at < 1) return refuse(INVALID);
  if (/[^\p{ASCII}]/u.test(local))
    return refuse('has letters outside ASCII before the @, which our mail service cannot deliver');
  if (local.length > MAX_LOCAL_LENGTH) return refuse(`has more than ${MAX_LOCAL_LENGTH} characters before the @`);
  const domain = asciiDomain(address.slice(at + 1));
  if (!domain) return refuse(INVALID);
  const ascii = `${local}@${domain}`;
  if (ascii.length > MAX_LENGTH || address.length > MAX_LENGTH)
    return refuse(`is longer than ${MAX_LENGTH} characters`);
  if (DOTS.test(ascii) || !AsciiEmailSchema.safeParse(ascii).success) return refuse(INVALID);
  return { ok: true, address, ascii, matchKey: `${local.toLowerCase()}@${domain}` };
}
