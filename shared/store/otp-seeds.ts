import { DeleteCommand, GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { absent, all, any, atMost, equals, exists } from './expression.ts';
import { otpKey } from './keys.ts';
import { putItem, type Table, updateItem } from './table.ts';

const OtpSeedSchema = z.object({
  /** Sealed: nobody who reads the table can make codes. */
  sealed: z.string(),
  /** Codes are asked for from then on, epoch milliseconds. */
  confirmedAt: z.number().optional(),
  /** Step of the newest code that was taken. */
  lastStep: z.number().optional(),
});
export type OtpSeed = z.infer<typeof OtpSeedSchema>;

/** Undefined when the user has none. Consistent. */
export async function readOtpSeed(table: Table, user: string): Promise<OtpSeed | undefined> {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: { ...otpKey(user) }, ConsistentRead: true }),
  );
  return Item && OtpSeedSchema.parse(Item);
}

/** Stores a seed that is not confirmed yet, in place of another such one; false when there is a confirmed one. */
export const putOtpSeed = (table: Table, user: string, sealed: string): Promise<boolean> =>
  putItem(table, { ...otpKey(user), sealed }, absent('confirmedAt'));

/** Takes the code of a step, once; false when that or a later one was taken, or the seed is another by now. */
export async function spendOtpStep(
  table: Table,
  user: string,
  { sealed, step, confirmedAt }: { sealed: string; step: number; confirmedAt?: number },
): Promise<boolean> {
  const outcome = await updateItem(
    table,
    otpKey(user),
    { set: { lastStep: step }, fill: { confirmedAt } },
    all(exists('pk'), equals('sealed', sealed), any(absent('lastStep'), atMost('lastStep', step - 1))),
  );
  return outcome.done;
}

export async function deleteOtpSeed(table: Table, user: string): Promise<void> {
  await table.client.send(new DeleteCommand({ TableName: table.name, Key: { ...otpKey(user) } }));
}
