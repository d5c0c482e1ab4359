import { describePerson } from '../../../shared/acceptance/contact-identifiers.ts';
import { contactOf } from '../../../shared/acceptance/describe-start.ts';
import type { Caller } from '../../../shared/auth/caller.ts';
import type { PatchContact } from '../../../shared/contracts/contact-change.ts';
import type { ProfileRequest } from '../../../shared/contracts/conversation-request.ts';
import { addressOf } from '../../../shared/domain/address.ts';
import type { ContactConversation, Conversation, Profile } from '../../../shared/domain/conversation.ts';
import { RequestError } from '../../../shared/domain/errors.ts';
import { identifierOf } from '../../../shared/domain/identifier.ts';
import { isLandline } from '../../../shared/domain/telephone.ts';
import { type Person, type ProfileOutcome, readPerson, replaceProfile } from '../../../shared/store/contact-writes.ts';
import { untilWritten } from '../../../shared/store/contention.ts';
import type { Changes } from '../../../shared/store/expression.ts';
import { type Identity, identityOf } from '../../../shared/store/identities.ts';
import { identityName } from '../../../shared/store/keys.ts';
import { writeChange } from '../../../shared/store/rule-writes.ts';
import type { ApiParts } from '../parts.ts';
import { readContact } from './contacts.ts';

/**
 * Changes what the request names of a contact. Identifiers move with the profile, in one transaction: one that another
 * contact has stays theirs. Throws 400, 404, and 409 for an identifier that is taken.
 */
export async function changeContact(
  parts: ApiParts,
  caller: Caller,
  id: string,
  { profile, meta }: PatchContact,
): Promise<ContactConversation> {
  const { table, clock, random, observe } = parts;
  const changes: Changes =
    meta === null ? { remove: ['contactMeta'] } : { set: meta === undefined ? {} : { contactMeta: meta } };
  return untilWritten(
    async () => {
      const contact = await readContact(parts, caller, id);
      const isWritten = profile
        ? await moveTo(parts, contact, { profile, changes })
        : await writeChange(table, contact, { changes, now: clock.now() });
      return isWritten && readContact(parts, caller, id);
    },
    clock,
    random,
    () => observe.count('WriteContended'),
  );
}

/** Undefined: the contact changed meanwhile. */
async function moveTo(
  parts: ApiParts,
  contact: Pick<ContactConversation, 'id'>,
  { profile: given, changes }: { profile: ProfileRequest; changes: Changes },
): Promise<true | undefined> {
  const { table, clock } = parts;
  const person = await readPerson(table, contact.id);
  if (!person || person.conversation.deletedAt !== undefined) return undefined;
  const { conversation } = person;
  const { profile, identities } = await describe(parts, conversation, given);
  const names = new Set(identities.map(({ name }) => name));
  const outcome = await replaceProfile(table, person, {
    profile,
    take: identities.filter(({ name }) => !person.identities.has(name)),
    release: leftBy(person, await primaryNamesOf(parts, conversation), identities).filter((name) => !names.has(name)),
    changes: { ...changes, remove: [...(changes.remove ?? []), ...unreachable(conversation, profile)] },
    now: clock.now(),
  });
  if (outcome.written) return true;
  if (outcome.taken.size > 0) throw await taken(parts, outcome.taken);
  return undefined;
}

/** The profile to store: what was learnt of the contact and nobody can write stays. */
async function describe(parts: ApiParts, { organization, profile }: Conversation, given: ProfileRequest) {
  const { whatsappId } = profile;
  const isNameless = given.email === undefined && given.telephone === undefined;
  if (isNameless && whatsappId !== undefined) return { profile: { ...given, whatsappId }, identities: [] };
  const configuration = await parts.configuration.organization(organization);
  const described = describePerson(given, {
    organization,
    country: configuration?.organization.country,
    pepper: await parts.pepper(),
    path: 'profile',
  });
  return { ...described, profile: { ...described.profile, ...(whatsappId !== undefined && { whatsappId }) } };
}

const KINDS = [
  ['email', 'email'],
  ['telephone', 'sms'],
] as const;

/** The identities of the addresses that the profile shows. */
async function primaryNamesOf(parts: ApiParts, { organization, profile }: Conversation): Promise<string[]> {
  const pepper = await parts.pepper();
  return KINDS.flatMap(([kind, touchpoint]) => {
    const identifier = profile[kind] === undefined ? undefined : identifierOf(touchpoint, profile[kind]);
    return identifier ? [identityOf(pepper, organization, kind, identifier.matchKey).name] : [];
  });
}

/**
 * What is not the contact's any more: the address that another took the place of, and all of a kind that the profile
 * has none of now. Addresses that were the primary one before stay as they were.
 */
const leftBy = ({ identities }: Person, primary: readonly string[], given: readonly Identity[]): string[] => {
  const gone = KINDS.filter(([kind]) => !given.some((identity) => identity.kind === kind));
  return [...identities].filter(
    (name) => primary.includes(name) || gone.some(([kind]) => name.startsWith(identityName(kind, ''))),
  );
};

/** What a conversation cannot go on with for want of an address. */
const unreachable = ({ touchpoint }: Conversation, profile: Profile): string[] => [
  ...(touchpoint && !addressOf(touchpoint, { profile }) ? ['touchpoint'] : []),
  ...(isLandline(profile.telephone) ? ['services.sms'] : []),
];

async function taken(parts: ApiParts, owners: Extract<ProfileOutcome, { written: false }>['taken']) {
  const details = await Promise.all(
    [...owners].map(async ([kind, owner]) => ({
      path: `profile.${kind}`,
      message: `belongs to contact ${await contactOf(parts, owner)}`,
    })),
  );
  const [first] = details;
  return new RequestError('identifier_taken', `${first?.path} ${first?.message}.`, details);
}
