import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Conversation } from '../domain/conversation.ts';
import { digest } from './digest.ts';
import { absent } from './expression.ts';
import {
  conversationKey,
  formerOwnerKey,
  type IdentifierKind,
  type ItemKey,
  identityKey,
  identityName,
} from './keys.ts';
import { type BatchWrite, batchGet, type Item, putAction, type Table, type TransactItem } from './table.ts';

/** One normalised identifier of a person in one organization, by its key: what it stands for cannot be read back. */
export interface Identity {
  readonly kind: IdentifierKind;
  readonly key: ItemKey;
  readonly name: string;
}

/** `matchKey` is the normalised form that every way of writing the identifier shares. */
export const identityOf = (pepper: string, organization: string, kind: IdentifierKind, matchKey: string): Identity => {
  return identityOfDigest(organization, kind, identityDigest(pepper, kind, matchKey));
};

export const identityDigest = (pepper: string, kind: IdentifierKind, matchKey: string): string =>
  digest(pepper, `${kind}:${matchKey}`);

export const identityOfDigest = (organization: string, kind: IdentifierKind, hashed: string): Identity => ({
  kind,
  key: identityKey(organization, kind, hashed),
  name: identityName(kind, hashed),
});

export const ownerIn = (item: Item | undefined): Conversation['id'] | undefined =>
  typeof item?.conversation === 'string' ? item.conversation : undefined;

/** The names of the identities that a conversation's item says it has. */
export const identityNamesIn = (item: Item | undefined): ReadonlySet<string> =>
  item?.identities instanceof Set ? item.identities : new Set();

/** Of the names, those of a kind. */
export const namesOfKind = (names: ReadonlySet<string>, kind: IdentifierKind): string[] =>
  [...names].filter((name) => name.startsWith(identityName(kind, '')));

/** Which conversation each identity belongs to; free ones are absent. One consistent round trip. */
export async function findOwners(
  table: Table,
  identities: readonly Identity[],
): Promise<Map<IdentifierKind, Conversation['id']>> {
  const keys = identities.map(({ key }) => key);
  return ownersAmong(await batchGet(table, keys, true), identities);
}

/** Which conversation each identity belongs to, by the items that were read of them. */
export function ownersAmong(
  items: readonly Item[],
  identities: readonly Identity[],
): Map<IdentifierKind, Conversation['id']> {
  const owners = new Map<IdentifierKind, string>();
  for (const identity of identities) {
    const owner = ownerIn(items.find((item) => item.pk === identity.key.pk));
    if (owner) owners.set(identity.kind, owner);
  }
  return owners;
}

/** Takes an identity for a conversation unless somebody has it. */
export const takeIdentity = (table: Table, identity: Identity, conversation: string): TransactItem =>
  putAction(table, { ...identity.key, conversation }, absent('pk'));

/** Far longer than a claim from before the deletion has its lease. */
const FORMER_FOR_SECONDS = 3_600;

/** Notes whose an identity was, for as long as a message to it may still be on its way. */
export const noteFormerOwner = (identity: ItemKey, conversation: string, now: number): BatchWrite => ({
  PutRequest: {
    Item: { ...formerOwnerKey(identity, conversation), conversation, ttl: Math.ceil(now / 1000) + FORMER_FOR_SECONDS },
  },
});

/**
 * Every conversation that may have a message on its way to an identity: its owner's, and those that were deleted a
 * short while ago. One consistent round trip; the owner's item is read first, so that one who loses it meanwhile is
 * found by the note that was there before.
 */
export async function findOwnersPastAndPresent(table: Table, { key }: Identity): Promise<Conversation['id'][]> {
  const { Items = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': key.pk },
      ConsistentRead: true,
    }),
  );
  return [...new Set(Items.flatMap((item) => ownerIn(item) ?? []))];
}

/** How many identifiers of a kind a contact has: the primary one, and those that were it before. */
export async function countIdentifiers(table: Table, conversation: string, kind: IdentifierKind): Promise<number> {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: conversationKey(conversation), ConsistentRead: true }),
  );
  return namesOfKind(identityNamesIn(Item), kind).length;
}
