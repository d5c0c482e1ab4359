import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Forgetful } from '../runtime/cache.ts';
import type { Clock } from '../runtime/clock.ts';
import { digest } from './digest.ts';
import { exists } from './expression.ts';
import { type ItemKey, loginKey, memberKey, memberPk, userKey } from './keys.ts';
import { queryAll } from './query-all.ts';
import { BATCH_GET_LIMIT, batchGet, batchGetAll, batchWrite, type Table, updateItem } from './table.ts';
import { type StoredUser, toUser, toUserWithTokens } from './user-item.ts';

const TTL_MS = 60_000;
const REMEMBERED_LIMIT = 10_000;

export interface UserReader {
  /**
   * Undefined when there is no such user. At most a minute old, but for a token that is not known yet: where a token's
   * id is given, the user comes with those that are kept of them.
   */
  user(id: string, keptToken?: string): Promise<StoredUser | undefined>;
  /** Those that exist, in one round trip for all that are not remembered. */
  users(ids: readonly string[]): Promise<ReadonlyMap<string, StoredUser>>;
}

/** Reads users and remembers those that exist, until it is told to forget one. */
export function createUserReader(table: Table, clock: Clock, ttlMs = TTL_MS): UserReader & Forgetful {
  const remembered = new Map<string, { user: StoredUser; until: number }>();

  function known(id: string): StoredUser | undefined {
    const entry = remembered.get(id);
    return entry && entry.until > clock.now() ? entry.user : undefined;
  }
  function remember(user: StoredUser): void {
    remembered.set(user.id, { user, until: clock.now() + ttlMs });
  }

  async function users(ids: readonly string[]): Promise<ReadonlyMap<string, StoredUser>> {
    if (remembered.size > REMEMBERED_LIMIT) remembered.clear();
    const unknown = [...new Set(ids)].filter((id) => !known(id));
    const found = new Map(ids.flatMap((id) => known(id) ?? []).map((user) => [user.id, user]));
    for (let start = 0; start < unknown.length; start += BATCH_GET_LIMIT) {
      const items = await batchGet(table, unknown.slice(start, start + BATCH_GET_LIMIT).map(userKey), false);
      for (const user of items.map(toUser)) {
        remember(user);
        found.set(user.id, user);
      }
    }
    return found;
  }

  async function user(id: string, keptToken?: string): Promise<StoredUser | undefined> {
    if (keptToken === undefined) return (await users([id])).get(id);
    const before = known(id);
    if (before?.tokens?.has(keptToken)) return before;
    const read = await readUserWithTokens(table, id);
    if (read) remember(read);
    return read;
  }

  return { users, user, forget: (id) => void remembered.delete(id) };
}

/** A user as they are now; undefined when there is none. */
export async function readUser(table: Table, id: string): Promise<StoredUser | undefined> {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: { ...userKey(id) }, ConsistentRead: true }),
  );
  return Item && toUser(Item);
}

async function readUserWithTokens(table: Table, id: string): Promise<StoredUser | undefined> {
  const { Items = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': userKey(id).pk },
      ConsistentRead: true,
    }),
  );
  return toUserWithTokens(Items);
}

/** Those that exist, as they are now. Consistent. */
export async function readUsers(table: Table, ids: readonly string[]): Promise<StoredUser[]> {
  return (await batchGetAll(table, ids.map(userKey), true)).map(toUser);
}

/** The users who belong to an organization itself, in the order of their ids. Consistent. */
export async function listMembers(table: Table, organization: string): Promise<StoredUser[]> {
  const entries = await queryAll(table, {
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': memberPk(organization) },
    ConsistentRead: true,
  });
  const ids = entries.map(({ sk }) => String(sk));
  const members = (await readUsers(table, ids)).filter((user) =>
    user.organizations.some((membership) => membership.organization === organization),
  );
  return members.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Keeps when a user last logged in, which changes nothing else of them. */
export async function noteLogin(table: Table, id: string, now: number): Promise<void> {
  await updateItem(table, userKey(id), { set: { lastLoginAt: now } }, exists('pk'));
}

/** Finds a user by the normalised email address they log in with; never from memory. */
export async function findUserByLogin(table: Table, pepper: string, matchKey: string): Promise<StoredUser | undefined> {
  const login = await table.client.send(
    new GetCommand({ TableName: table.name, Key: { ...loginKeyOf(pepper, matchKey) }, ConsistentRead: true }),
  );
  return typeof login.Item?.user === 'string' ? readUser(table, login.Item.user) : undefined;
}

export const loginKeyOf = (pepper: string, matchKey: string): ItemKey => loginKey(digest(pepper, `login:${matchKey}`));

/**
 * Stores a user, who is a member of their organizations, and, where they log in, the pointer from their address. `login`
 * is the normalised email address.
 */
export async function putUser(
  table: Table,
  user: StoredUser,
  login?: { pepper: string; matchKey: string },
): Promise<void> {
  await table.client.send(new PutCommand({ TableName: table.name, Item: { ...userKey(user.id), ...user } }));
  await batchWrite(
    table,
    user.organizations.map(({ organization }) => ({ PutRequest: { Item: { ...memberKey(organization, user.id) } } })),
  );
  if (!login) return;
  await table.client.send(
    new PutCommand({
      TableName: table.name,
      Item: { ...loginKeyOf(login.pepper, login.matchKey), user: user.id },
    }),
  );
}
