import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Conversation, Profile } from '../domain/conversation.ts';
import { toConversation } from './conversation-item.ts';
import { absent, type Changes, equals, exists } from './expression.ts';
import { type Identity, identityNamesIn, noteFormerOwner, ownerIn, takeIdentity } from './identities.ts';
import { conversationKey, type IdentifierKind, identityKeyOfName } from './keys.ts';
import { batchWrite, deleteAction, type Item, type Table, transact, updateAction } from './table.ts';

/** Who a contact is, as the table has it. */
export interface Person {
  readonly conversation: Conversation;
  /** Names of their identities: the primary ones, and those that were it before. */
  readonly identities: ReadonlySet<string>;
  /** The profile as stored. */
  readonly profile: unknown;
}

/** Undefined when there is no such conversation. Consistent. */
export async function readPerson(table: Table, conversation: string): Promise<Person | undefined> {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: conversationKey(conversation), ConsistentRead: true }),
  );
  return (
    Item && { conversation: toConversation(Item), identities: identityNamesIn(Item), profile: (Item as Item).profile }
  );
}

export interface ProfileChange {
  readonly profile: Profile;
  readonly take: readonly Identity[];
  /** Names of identities. */
  readonly release: readonly string[];
  readonly changes: Changes;
  readonly now: number;
}

export type ProfileOutcome =
  | { readonly written: true }
  /** Who has an identity that was to be taken: a conversation's id. */
  | { readonly written: false; readonly taken: ReadonlyMap<IdentifierKind, string> };

/**
 * Replaces a profile with the identities that go with it, in one transaction, against the person as they were read.
 * Whose a released identity was is noted before, for a STOP that comes while a message to it is still on its way. Not
 * written and nothing taken: the person changed meanwhile.
 */
export async function replaceProfile(table: Table, person: Person, change: ProfileChange): Promise<ProfileOutcome> {
  const { profile, take, release, changes, now } = change;
  const { id, organization } = person.conversation;
  const released = release.map((name) => identityKeyOfName(organization, name));
  await batchWrite(
    table,
    released.map((key) => noteFormerOwner(key, id, now)),
  );
  const kept = [...person.identities].filter((name) => !release.includes(name));
  const names = new Set([...kept, ...take.map(({ name }) => name)]);
  const outcome = await transact(table, [
    ...take.map((identity) => takeIdentity(table, identity, id)),
    updateAction(
      table,
      conversationKey(id),
      {
        ...changes,
        set: {
          ...changes.set,
          profile,
          ...(names.size > 0 && { identities: names }),
          updatedAt: now,
        },
        remove: [...(changes.remove ?? []), ...(names.size > 0 ? [] : ['identities'])],
        add: { version: 1 },
      },
      exists('pk'),
      absent('deletedAt'),
      equals('profile', person.profile),
      person.identities.size > 0 ? equals('identities', person.identities) : absent('identities'),
    ),
    ...released.map((key) => deleteAction(table, key, equals('conversation', id))),
  ]);
  if (outcome.done) return { written: true };
  const taken = take.flatMap(({ kind }, index): [IdentifierKind, string][] => {
    const owner = ownerIn(outcome.actions[index]?.item);
    return owner === undefined || owner === id ? [] : [[kind, owner]];
  });
  return { written: false, taken: new Map(taken) };
}
