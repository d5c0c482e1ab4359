import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { type User, UserSchema } from '../contracts/configuration.ts';
import type { Clock } from '../runtime/clock.ts';
import { digest } from './digest.ts';
import { loginKey, userKey } from './keys.ts';
import { BATCH_GET_LIMIT, batchGet, type Table } from './table.ts';

const TTL_MS = 60_000;
const REMEMBERED_LIMIT = 10_000;

/** A user with what only logging in needs. */
export interface StoredUser extends User {
  readonly passwordHash?: string;
}

export interface UserReader {
  /** Undefined when there is no such user. At most a minute old. */
  user(id: string): Promise<StoredUser | undefined>;
  /** Those that exist, in one round trip for all that are not remembered. */
  users(ids: readonly string[]): Promise<ReadonlyMap<string, StoredUser>>;
}

const toUser = (item: Record<string, unknown>): StoredUser => ({
  ...UserSchema.parse(item),
  ...(typeof item.passwordHash === 'string' && { passwordHash: item.passwordHash }),
});

export function createUserReader(table: Table, clock: Clock): UserReader {
  const remembered = new Map<string, { user: StoredUser | undefined; until: number }>();

  async function users(ids: readonly string[]): Promise<ReadonlyMap<string, StoredUser>> {
    const now = clock.now();
    if (remembered.size > REMEMBERED_LIMIT) remembered.clear();
    const unknown = [...new Set(ids)].filter((id) => (remembered.get(id)?.until ?? 0) <= now);
    for (let start = 0; start < unknown.length; start += BATCH_GET_LIMIT) {
      const wanted = unknown.slice(start, start + BATCH_GET_LIMIT);
      const items = await batchGet(table, wanted.map(userKey), false);
      for (const id of wanted) {
        const item = items.find((candidate) => candidate.pk === userKey(id).pk);
        remembered.set(id, { user: item && toUser(item), until: now + TTL_MS });
      }
    }
    const found = new Map<string, StoredUser>();
    for (const id of ids) {
      const user = remembered.get(id)?.user;
      if (user) found.set(id, user);
    }
    return found;
  }

  return { users, user: async (id) => (await users([id])).get(id) };
}

/** Finds a user by the normalised email address they log in with; never from memory. */
export async function findUserByLogin(table: Table, pepper: string, matchKey: string): Promise<StoredUser | undefined> {
  const login = await table.client.send(new GetCommand({ TableName: table.name, Key: loginKeyOf(pepper, matchKey) }));
  if (typeof login.Item?.user !== 'string') return undefined;
  const { Item } = await table.client.send(new GetCommand({ TableName: table.name, Key: userKey(login.Item.user) }));
  return Item && toUser(Item);
}

const loginKeyOf = (pepper: string, matchKey: string) => loginKey(digest(pepper, `login:${matchKey}`));

/** Stores a user and, where they log in, the pointer from their address. `login` is the normalised email address. */
export async function putUser(
  table: Table,
  user: StoredUser,
  login?: { pepper: string; matchKey: string },
): Promise<void> {
  await table.client.send(new PutCommand({ TableName: table.name, Item: { ...userKey(user.id), ...user } }));
  if (!login) return;
  await table.client.send(
    new PutCommand({
      TableName: table.name,
      Item: { ...loginKeyOf(login.pepper, login.matchKey), user: user.id },
    }),
  );
}
