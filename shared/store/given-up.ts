import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { type Notification, NotificationSchema } from '../contracts/queue-messages.ts';
import { GIVEN_UP_PREFIX, givenUpKey, givenUpPk } from './keys.ts';
import { batchWrite, putItem, type Table } from './table.ts';

const KEPT_SECONDS = 30 * 24 * 3600;

const GivenUpSchema = NotificationSchema.extend({
  /** The receiver's HTTP status, or why it had none. */
  code: z.string(),
  givenUpAt: z.number(),
});
/** A notification that a webhook was not told of, after all tries. */
export type GivenUp = z.infer<typeof GivenUpSchema>;

/** Keeps a notification for 30 days, to be sent again on request. Repeating it is harmless. */
export async function keepGivenUp(table: Table, notification: Notification, code: string, now: number): Promise<void> {
  const { service, since, delivery } = notification;
  await putItem(table, {
    ...givenUpKey(service, since, delivery),
    ...notification,
    code,
    givenUpAt: now,
    ttl: Math.ceil(now / 1000) + KEPT_SECONDS,
  });
}

export interface GivenUpPage {
  readonly limit: number;
  readonly newestFirst: boolean;
  /** Where the page before this one ended. */
  readonly behind?: Pick<GivenUp, 'since' | 'delivery'> | undefined;
}

/** What a webhook was not told of, by when the telling began. Consistent. */
export async function listGivenUp(
  table: Table,
  service: string,
  { limit, newestFirst, behind }: GivenUpPage,
): Promise<GivenUp[]> {
  const { Items = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': givenUpPk(service), ':prefix': GIVEN_UP_PREFIX },
      ScanIndexForward: !newestFirst,
      Limit: limit,
      ConsistentRead: true,
      ...(behind && { ExclusiveStartKey: { ...givenUpKey(service, behind.since, behind.delivery) } }),
    }),
  );
  return Items.map((item) => GivenUpSchema.parse(item));
}

export const forgetGivenUp = (table: Table, given: readonly GivenUp[]): Promise<void> =>
  batchWrite(
    table,
    given.map(({ service, since, delivery }) => ({
      DeleteRequest: { Key: givenUpKey(service, since, delivery) },
    })),
  );
