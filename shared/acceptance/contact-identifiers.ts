import type { ProfileRequest } from '../contracts/conversation-request.ts';
import type { Profile } from '../domain/conversation.ts';
import { parseEmailAddress } from '../domain/email-address.ts';
import { invalid, RequestError } from '../domain/errors.ts';
import { parseTelephone } from '../domain/telephone.ts';
import { type Identity, identityOf } from '../store/identities.ts';

/** A person as a caller describes them: the profile to store, and the identities they are found by. */
export interface DescribedPerson {
  readonly profile: Profile;
  readonly identities: readonly Identity[];
}

/** Normalises a profile's identifiers. Throws 400 naming the field that is wrong, or that both are missing. */
export function describePerson(
  profile: ProfileRequest,
  setting: { organization: string; country: string | undefined; pepper: string },
): DescribedPerson {
  const { email, telephone } = profile;
  if (email === undefined && telephone === undefined) {
    throw new RequestError(
      'identifier_required',
      'contact.profile needs an email or a telephone, preferably both: without one nobody can be found or reached.',
      [
        { path: 'contact.profile.email', message: 'is required when there is no telephone' },
        { path: 'contact.profile.telephone', message: 'is required when there is no email' },
      ],
    );
  }
  const parsedEmail = email === undefined ? undefined : parseEmailAddress(email);
  if (parsedEmail && !parsedEmail.ok) throw invalid('contact.profile.email', parsedEmail.reason);
  const parsedTelephone = telephone === undefined ? undefined : parseTelephone(telephone, setting.country);
  if (parsedTelephone && !parsedTelephone.ok) throw invalid('contact.profile.telephone', parsedTelephone.reason);
  const identify = (kind: 'email' | 'telephone', matchKey: string): Identity =>
    identityOf(setting.pepper, setting.organization, kind, matchKey);
  return {
    profile: {
      ...profile,
      email: parsedEmail?.address,
      telephone: parsedTelephone?.e164,
    },
    identities: [
      ...(parsedEmail ? [identify('email', parsedEmail.matchKey)] : []),
      ...(parsedTelephone ? [identify('telephone', parsedTelephone.matchKey)] : []),
    ],
  };
}
