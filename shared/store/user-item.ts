import { type User, UserSchema } from '../contracts/configuration.ts';
import { HEAD, USER_TOKEN_PREFIX } from './keys.ts';
import type { Item } from './table.ts';

/** A user with what only logging in, and ending that, needs. */
export interface StoredUser extends User {
  readonly passwordHash?: string;
  /** Epoch seconds; tokens of logins that were issued before are over. */
  readonly tokensValidFrom?: number;
  /** Ids of the tokens that are kept; absent where they were not read. */
  readonly tokens?: ReadonlySet<string>;
}

export const toUser = (item: Item): StoredUser => ({
  ...UserSchema.parse(item),
  ...(typeof item.passwordHash === 'string' && { passwordHash: item.passwordHash }),
  ...(typeof item.tokensValidFrom === 'number' && { tokensValidFrom: item.tokensValidFrom }),
});

/** The user of a partition, with their tokens; undefined where there is none. */
export function toUserWithTokens(items: readonly Item[]): StoredUser | undefined {
  const head = items.find(({ sk }) => sk === HEAD);
  const tokens = items.flatMap(({ sk }) =>
    String(sk).startsWith(USER_TOKEN_PREFIX) ? [String(sk).slice(USER_TOKEN_PREFIX.length)] : [],
  );
  return head && { ...toUser(head), tokens: new Set(tokens) };
}
