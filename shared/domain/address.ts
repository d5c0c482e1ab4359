import type { Conversation } from './conversation.ts';
import { type Identifier, identifierOf } from './identifier.ts';
import { IDENTIFIER_OF, type Touchpoint } from './touchpoint.ts';

/** Where a touchpoint reaches the contact, by their number before their id; undefined when they have no such address. */
export function addressOf(touchpoint: Touchpoint, { profile }: Pick<Conversation, 'profile'>): Identifier | undefined {
  const address = profile[IDENTIFIER_OF[touchpoint]] ?? (touchpoint === 'whatsapp' ? profile.whatsappId : undefined);
  return address === undefined ? undefined : identifierOf(touchpoint, address);
}
