import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { hashPassword } from '../../../shared/auth/passwords.ts';
import type { Organization, Service } from '../../../shared/contracts/configuration.ts';
import type { Conversation, Profile } from '../../../shared/domain/conversation.ts';
import { createAlias, createSlug } from '../../../shared/domain/conversation-name.ts';
import { parseEmailAddress } from '../../../shared/domain/email-address.ts';
import { servicesByTouchpoint } from '../../../shared/domain/services.ts';
import { parseTelephone } from '../../../shared/domain/telephone.ts';
import { predecessor, successor } from '../../../shared/runtime/ids.ts';
import { putChannel, putOrganization, putService } from '../../../shared/store/configuration.ts';
import { createConversation } from '../../../shared/store/conversations.ts';
import { type Identity, identityOf } from '../../../shared/store/identities.ts';
import { contactPointerKey } from '../../../shared/store/keys.ts';
import type { Table } from '../../../shared/store/table.ts';
import { putTemplate } from '../../../shared/store/templates.ts';
import { putUser } from '../../../shared/store/users.ts';
import type { Seed } from './seed-file.ts';

/** Stores a seed. Configuration is what the seed says; conversations that are there already stay as they are. */
export async function applySeed(table: Table, pepper: string, seed: Seed, services: readonly Service[]): Promise<void> {
  const paths = pathsOf(seed.organizations);
  const pathOf = (id: string): string => paths.get(id) ?? id;
  await Promise.all([
    ...seed.organizations.map((organization) =>
      putOrganization(table, { ...organization, path: pathOf(organization.id) }),
    ),
    ...services.map((service) => putService(table, service)),
    ...seed.channels.map((channel) => putChannel(table, channel)),
    ...seed.watemplates.map((template) => putTemplate(table, template)),
    ...seed.users.map((user) => seedUser(table, pepper, user, pathOf)),
  ]);
  for (const pair of pairsOf(seed)) {
    const organization = seed.organizations.find(({ id }) => id === pair.organization);
    const own = services.filter((service) => service.organization === pair.organization);
    await seedConversation(table, pepper, pair, { organization, orgPath: pathOf(pair.organization), services: own });
  }
}

/** Paths from the root down, by id; a parent that is not in the seed is a root. */
function pathsOf(organizations: readonly Organization[]): Map<string, string> {
  const byId = new Map(organizations.map((organization) => [organization.id, organization]));
  const pathOf = (id: string, below: readonly string[] = []): string => {
    const organization = byId.get(id);
    if (organization?.path) return organization.path;
    if (!organization?.parent || below.includes(id)) return id;
    return `${pathOf(organization.parent, [...below, id])}#${id}`;
  };
  return new Map(organizations.map(({ id }) => [id, pathOf(id)]));
}

async function seedUser(
  table: Table,
  pepper: string,
  { password, ...user }: Seed['users'][number],
  pathOf: (id: string) => string,
): Promise<void> {
  const organizations = user.organizations.map((membership) => ({
    ...membership,
    orgPath: membership.orgPath ?? pathOf(membership.organization),
  }));
  const email = user.email === undefined ? undefined : parseEmailAddress(user.email);
  await putUser(
    table,
    { ...user, organizations, ...(password !== undefined && { passwordHash: await hashPassword(password) }) },
    email?.ok ? { pepper, matchKey: email.matchKey } : undefined,
  );
}

/** A contact with its conversation, however the seed names the pair. */
type Pair = Omit<Seed['conversations'][number], 'contact'> & { contact: string; profile: Profile };

function pairsOf({ contacts, conversations }: Seed): Pair[] {
  const named = conversations.map((conversation): Pair => {
    const contact = contacts.find(
      ({ id, conversation: owned }) => owned === conversation.id || id === conversation.contact,
    );
    return {
      ...conversation,
      contact: contact?.id ?? conversation.contact ?? successor(conversation.id),
      profile: contact?.profile ?? {},
    };
  });
  const alone = contacts
    .filter((contact) => !named.some((pair) => pair.contact === contact.id))
    .map((contact): Pair => {
      const id = contact.conversation ?? predecessor(contact.id);
      return {
        id,
        organization: contact.organization,
        contact: contact.id,
        profile: contact.profile,
        status: 'queued',
      };
    });
  return [...named, ...alone];
}

function identitiesOf(pepper: string, pair: Pair, country: string | undefined): Identity[] {
  const { email, telephone } = pair.profile;
  const parsedEmail = email === undefined ? undefined : parseEmailAddress(email);
  const parsedTelephone = telephone === undefined ? undefined : parseTelephone(telephone, country);
  for (const parsed of [parsedEmail, parsedTelephone]) {
    if (parsed && !parsed.ok) throw new Error(`The seed's contact ${pair.contact}: the identifier ${parsed.reason}.`);
  }
  return [
    ...(parsedEmail?.ok ? [identityOf(pepper, pair.organization, 'email', parsedEmail.matchKey)] : []),
    ...(parsedTelephone?.ok ? [identityOf(pepper, pair.organization, 'telephone', parsedTelephone.matchKey)] : []),
  ];
}

async function seedConversation(
  table: Table,
  pepper: string,
  pair: Pair,
  at: { organization: Organization | undefined; orgPath: string; services: readonly Service[] },
): Promise<void> {
  const now = Date.now();
  const identities = identitiesOf(pepper, pair, at.organization?.country);
  const byTouchpoint = servicesByTouchpoint(at.services);
  const conversation: Conversation = {
    id: pair.id,
    organization: pair.organization,
    orgPath: at.orgPath,
    name: pair.name ?? pair.profile.name ?? createAlias(Math.random),
    slug: pair.slug ?? createSlug(Math.random),
    status: pair.status,
    contact: pair.contact,
    profile: pair.profile,
    participants: {},
    channels: [],
    channelsOffline: [],
    ...(pair.touchpoint && { touchpoint: pair.touchpoint }),
    services: pair.touchpoint ? { [pair.touchpoint]: byTouchpoint[pair.touchpoint]?.slice(0, 1) ?? [] } : {},
    ...(pair.language !== undefined && { language: pair.language }),
    createdBy: 'seed',
    createdAt: now,
    updatedAt: now,
    seq: 0,
    lastAt: now,
    version: 0,
  };
  await createConversation(table, { conversation, identities, messages: [] });
  if (pair.contact === successor(pair.id)) return;
  const pointer = { ...contactPointerKey(pair.contact), conversation: pair.id };
  await table.client.send(new PutCommand({ TableName: table.name, Item: pointer }));
}
