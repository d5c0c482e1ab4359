import type { MessageDraft } from '../domain/acceptance.ts';
import { isOutbound } from '../domain/message.ts';
import { IDENTIFIER_OF } from '../domain/touchpoint.ts';
import type { IdentifierKind } from '../store/keys.ts';

/** Whose each identifier is: a conversation's id; free ones are absent. */
export type Owners = ReadonlyMap<IdentifierKind, string>;

export interface Choice {
  readonly conversation: string;
  /** Identifiers that nobody has yet. */
  readonly free: readonly IdentifierKind[];
  /** Identifiers that another contact has: never moved, never merged. */
  readonly foreign: readonly IdentifierKind[];
  /** The other contact's conversation. */
  readonly other?: string;
}

const KINDS: readonly IdentifierKind[] = ['email', 'telephone'];

/**
 * The contact that a request is for: any match is that contact. Two matches are two people: then the one wins whose
 * identifier the first outbound message's touchpoint uses, telephone when that does not decide. Undefined: nobody yet.
 */
export function chooseContact(owners: Owners, drafts: readonly MessageDraft[]): Choice | undefined {
  const email = owners.get('email');
  const telephone = owners.get('telephone');
  const free = KINDS.filter((kind) => !owners.has(kind));
  const only = email ?? telephone;
  if (only === undefined) return undefined;
  if (email === undefined || telephone === undefined || email === telephone) {
    return { conversation: only, free, foreign: [] };
  }
  const first = drafts.find(isOutbound);
  const touchpoint = first?.touchpoint ?? first?.touchpoints?.[0];
  const deciding = touchpoint ? IDENTIFIER_OF[touchpoint] : 'telephone';
  return deciding === 'email'
    ? { conversation: email, free: [], foreign: ['telephone'], other: telephone }
    : { conversation: telephone, free: [], foreign: ['email'], other: email };
}
