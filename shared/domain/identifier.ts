import { parseEmailAddress } from './email-address.ts';
import { parseTelephone } from './telephone.ts';
import { IDENTIFIER_OF, type Touchpoint } from './touchpoint.ts';
import { isWhatsappUserId } from './whatsapp-user-id.ts';

/** An address that a touchpoint reaches somebody by, in its three forms. */
export interface Identifier {
  readonly kind: 'email' | 'telephone' | 'whatsappId';
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
  if (touchpoint === 'whatsapp' && isWhatsappUserId(address)) {
    return { kind: 'whatsappId', address, to: address, matchKey: address };
  }
  const telephone = parseTelephone(address);
  return telephone.ok ? { kind, address: telephone.e164, to: telephone.e164, matchKey: telephone.matchKey } : undefined;
}
