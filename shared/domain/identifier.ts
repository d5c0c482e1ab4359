import { parseEmailAddress } from './email-address.ts';
import { parseTelephone } from './telephone.ts';
import { IDENTIFIER_OF, type Touchpoint } from './touchpoint.ts';

/** An address that a touchpoint reaches somebody by, in its three forms. */
export interface Identifier {
  readonly kind: 'email' | 'telephone';
  /** As people see it and as it is stored. */
  readonly address: string;
  /** As a provider takes it. */
  readonly to: string;
  /** One form for all ways of writing it: what identities and opt-outs are kept under. */
  readonly matchKey: string;
}

/** Reads an address of a touchpoint; undefined when it is none. Telephones need their country code. */
export function identifierOf(touchpoint: Touchpoint, address: string): Identifier | undefined {
  const kind = IDENTIFIER_OF[touchpoint];
  if (kind === 'email') {
    const email = parseEmailAddress(address);
    return email.ok ? { kind, address: email.address, to: email.ascii, matchKey: email.matchKey } : undefined;
  }
  const telephone = parseTelephone(address);
  return telephone.ok ? { kind, address: telephone.e164, to: telephone.e164, matchKey: telephone.matchKey } : undefined;
}
