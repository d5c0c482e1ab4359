import { reachableOrganization } from '../../../shared/acceptance/reachable-organization.ts';
import type { Caller } from '../../../shared/auth/caller.ts';
import type { Filter } from '../../../shared/contracts/list-query.ts';
import type { Conversation } from '../../../shared/domain/conversation.ts';
import { parseEmailAddress } from '../../../shared/domain/email-address.ts';
import { invalid } from '../../../shared/domain/errors.ts';
import { parseTelephone } from '../../../shared/domain/telephone.ts';
import { organizationWanted } from '../../../shared/lists/listed-organization.ts';
import { valuesWanted, without } from '../../../shared/lists/values-wanted.ts';
import { getConversations } from '../../../shared/store/conversations.ts';
import { findOwners, identityOf } from '../../../shared/store/identities.ts';
import type { ApiParts } from '../parts.ts';

const KINDS = ['email', 'telephone'] as const;
type Kind = (typeof KINDS)[number];

const fieldOf = (kind: Kind): string => `profile.${kind}`;

/**
 * Who in an organization has these emails and telephones, normalised as an upsert does it, among their earlier ones too;
 * undefined where none are asked for. Whoever is found need not fit the filters of these fields as texts. Throws 400 for
 * what is no address, and 404.
 */
export async function findByIdentifiers(
  parts: ApiParts,
  caller: Caller,
  filters: readonly Filter[],
): Promise<{ found: Conversation[]; rest: Filter[] } | undefined> {
  const wanted = KINDS.map((kind) => ({ kind, values: valuesWanted(filters, fieldOf(kind)) ?? [] })).filter(
    ({ values }) => values.some((value) => value !== ''),
  );
  if (wanted.length === 0) return undefined;
  const { organization } = await reachableOrganization(parts, caller, organizationWanted(filters, caller));
  const pepper = await parts.pepper();
  const owners = await Promise.all(
    wanted.map(async ({ kind, values }) => {
      const identities = values
        .map((value) => matchKeyOf(kind, value, organization.country))
        .map((matchKey) => identityOf(pepper, organization.id, kind, matchKey));
      const found = await Promise.all(identities.map((identity) => findOwners(parts.table, [identity])));
      return found.flatMap((owner) => [...owner.values()]);
    }),
  );
  const ids = owners.reduce((all, some) => all.filter((id) => some.includes(id)));
  return {
    found: await getConversations(parts.table, [...new Set(ids)]),
    rest: without(filters, ...wanted.map(({ kind }) => fieldOf(kind))),
  };
}

function matchKeyOf(kind: Kind, value: string, country: string | undefined): string {
  // In a query string a bare "+" stands for a blank.
  const parsed = kind === 'email' ? parseEmailAddress(value) : parseTelephone(value.replace(/^ (?=\d)/, '+'), country);
  if (parsed.ok) return parsed.matchKey;
  throw invalid(fieldOf(kind), parsed.reason);
}
