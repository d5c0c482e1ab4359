/**
 * Whose marketing emails end: an address of an organization, by the two hashes under which it is kept. They stand in for
 * it after its contact is gone, or has another one.
 */
export interface Unsubscriber {
  readonly organization: string;
  /** Of the address as an identity: finds whose it is. */
  readonly identity: string;
  /** Of the address itself: finds its consent. */
  readonly address: string;
}

/** What the signature of the token is over. */
export const unsubscribedValue = ({ organization, identity, address }: Unsubscriber): string =>
  `${organization}.${identity}.${address}`;

/** The token of a link that ends marketing emails. No personal data, and no end: a mail may be opened years later. */
export const unsubscribeToken = (unsubscriber: Unsubscriber, signature: string): string =>
  `${unsubscribedValue(unsubscriber)}.${signature}`;

/** The parts of a token; undefined when it has other parts. Not yet verified. */
export function readUnsubscribeToken(token: string): { unsubscriber: Unsubscriber; signature: string } | undefined {
  const [organization, identity, address, signature, ...more] = token.split('.');
  return organization && identity && address && signature && more.length === 0
    ? { unsubscriber: { organization, identity, address }, signature }
    : undefined;
}
