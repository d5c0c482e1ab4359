import type { Conversation } from './conversation.ts';
import { parseEmailAddress } from './email-address.ts';
import { parseTelephone } from './telephone.ts';
import type { Touchpoint } from './touchpoint.ts';

/** Where a touchpoint reaches the contact, as the provider takes it, and the form that consent is kept under. */
export function addressOf(
  touchpoint: Touchpoint,
  { profile }: Pick<Conversation, 'profile'>,
): { to: string; matchKey: string } | undefined {
  if (touchpoint === 'email') {
    const email = profile.email === undefined ? undefined : parseEmailAddress(profile.email);
    return email?.ok ? { to: email.ascii, matchKey: email.matchKey } : undefined;
  }
  const telephone = profile.telephone === undefined ? undefined : parseTelephone(profile.telephone);
  return telephone?.ok ? { to: telephone.e164, matchKey: telephone.matchKey } : undefined;
}
