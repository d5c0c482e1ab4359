import { DeleteCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { RoleSchema } from '../contracts/configuration.ts';
import { exists } from './expression.ts';
import { USER_TOKEN_PREFIX, userKey, userTokenKey } from './keys.ts';
import { batchWrite, type Table, updateItem } from './table.ts';

const KeptTokenSchema = z.object({
  id: z.string(),
  user: z.string(),
  name: z.string(),
  organization: z.string(),
  scope: RoleSchema,
  rate: z.number().positive().optional(),
  createdBy: z.string(),
  /** Epoch milliseconds. */
  createdAt: z.number(),
  expiresAt: z.number().optional(),
});
/** What is known of a token that its user keeps; never the token. */
export type KeptToken = z.infer<typeof KeptTokenSchema>;

const itemOf = (token: KeptToken) => ({
  ...userTokenKey(token.user, token.id),
  ...token,
  ...(token.expiresAt !== undefined && { ttl: Math.ceil(token.expiresAt / 1000) }),
});

/** Stores a token, whoever its user is. */
export async function putUserToken(table: Table, token: KeptToken): Promise<void> {
  await table.client.send(new PutCommand({ TableName: table.name, Item: itemOf(token) }));
}

/** The tokens that a user keeps, oldest first. Consistent. */
export async function listUserTokens(table: Table, user: string): Promise<KeptToken[]> {
  const { Items = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': userKey(user).pk, ':prefix': USER_TOKEN_PREFIX },
      ConsistentRead: true,
    }),
  );
  return Items.map((item) => KeptTokenSchema.parse(item));
}

/** False when the user has no such token. */
export async function deleteUserToken(table: Table, user: string, token: string): Promise<boolean> {
  const { Attributes } = await table.client.send(
    new DeleteCommand({ TableName: table.name, Key: { ...userTokenKey(user, token) }, ReturnValues: 'ALL_OLD' }),
  );
  return Attributes !== undefined;
}

/**
 * Ends all tokens of a user: those of logins, by the moment they are valid from, then the kept ones. False when there is
 * no such user.
 */
export async function endUserTokens(table: Table, user: string, now: number): Promise<boolean> {
  const outcome = await updateItem(table, userKey(user), { set: { tokensValidFrom: validAfter(now) } }, exists('pk'));
  if (!outcome.done) return false;
  const tokens = await listUserTokens(table, user);
  await batchWrite(
    table,
    tokens.map(({ id }) => ({ DeleteRequest: { Key: userTokenKey(user, id) } })),
  );
  return true;
}

/** Tokens say the second they were issued in: the first that is later than all of now. */
export const validAfter = (now: number): number => Math.floor(now / 1000) + 1;
