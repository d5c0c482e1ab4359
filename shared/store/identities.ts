import type { Conversation } from '../domain/conversation.ts';
import { digest } from './digest.ts';
import { absent } from './expression.ts';
import { type IdentifierKind, type ItemKey, identityKey, identityName } from './keys.ts';
import { batchGet, type Item, putAction, type Table, type TransactItem } from './table.ts';

/** One normalised identifier of a person in one organization, by its key: what it stands for cannot be read back. */
export interface Identity {
  readonly kind: IdentifierKind;
  readonly key: ItemKey;
  readonly name: string;
}

/** `matchKey` is the normalised form that every way of writing the identifier shares. */
export const identityOf = (pepper: string, organization: string, kind: IdentifierKind, matchKey: string): Identity => {
  const hashed = digest(pepper, `${kind}:${matchKey}`);
  return { kind, key: identityKey(organization, kind, hashed), name: identityName(kind, hashed) };
};

export const ownerIn = (item: Item | undefined): Conversation['id'] | undefined =>
  typeof item?.conversation === 'string' ? item.conversation : undefined;

/** Which conversation each identity belongs to; free ones are absent. One consistent round trip. */
export async function findOwners(
  table: Table,
  identities: readonly Identity[],
): Promise<Map<IdentifierKind, Conversation['id']>> {
  const items = await batchGet(
    table,
    identities.map((identity) => identity.key),
    true,
  );
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
