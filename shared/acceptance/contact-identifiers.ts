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

/**
 * Normalises a profile's identifiers; `path` is where the profile stands in the request. Throws 400 naming the field that
 * is wrong, or that both are missing.
 */
export function describePerson(
  profile: ProfileRequest,
  setting: { organization: string; country: string | undefined; pepper: string; path?: string },
): DescribedPerson {
  const { email, telephone } = profile;
  const { path = 'contact.profile' } = setting;
  if (email === undefined && telephone === undefined) {
    throw new RequestError(
      'identifier_required',
      `${path} needs an email or a telephone, preferably both: without one nobody can be found or reached.`,
      [
        { path: `${path}.email`, message: 'is required when there is no telephone' },
        { path: `${path}.telephone`, message: 'is required when there is no email' },
      ],
    );
  }
  const parsedEmail = email === undefined ? undefined : parseEmailAddress(email);
  if (parsedEmail && !parsedEmail.ok) throw invalid(`${path}.email`, parsedEmail.reason);
  const parsedTelephone = telephone === undefined ? undefined : parseTelephone(telephone, setting.country);
  if (parsedTelephone && !parsedTelephone.ok) throw invalid(`${path}.telephone`, parsedTelephone.reason);
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
