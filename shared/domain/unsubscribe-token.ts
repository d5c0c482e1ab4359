import type { Conversation } from './conversation.ts';

/** Whose marketing emails end: a contact, by their one conversation. */
export type Unsubscriber = Pick<Conversation, 'organization' | 'id'>;

/** `<organization>.<conversation>`, which the signature of the token is over. */
export const unsubscribedValue = ({ organization, id }: Unsubscriber): string => `${organization}.${id}`;

/** The token of a link that ends marketing emails. No personal data, and no end: a mail may be opened years later. */
export const unsubscribeToken = (contact: Unsubscriber, signature: string): string =>
  `${unsubscribedValue(contact)}.${signature}`;

/** The parts of a token; undefined when it has other parts. Not yet verified. */
export function readUnsubscribeToken(token: string): { contact: Unsubscriber; signature: string } | undefined {
  const [organization, id, signature, ...more] = token.split('.');
  return organization && id && signature && more.length === 0
    ? { contact: { organization, id }, signature }
    : undefined;
}
