import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import type { Webhook } from '../contracts/configuration.ts';
import { equals } from './expression.ts';
import { serviceKey, webhookHealthKey } from './keys.ts';
import { type Table, updateItem } from './table.ts';

const KEPT_SECONDS = 30 * 24 * 3600;

/** Notes that a webhook could not be told of something. Answers since when that is so without a success in between. */
export async function noteFailure(table: Table, service: string, now: number): Promise<number> {
  const outcome = await updateItem(table, webhookHealthKey(service), {
    set: { lastFailedAt: now, ttl: Math.ceil(now / 1000) + KEPT_SECONDS },
    fill: { failingSince: now },
    add: { failures: 1 },
  });
  return outcome.done ? Number(outcome.item.failingSince) : now;
}

/** Notes that a webhook was told of something: whatever failed before does not count any more. */
export async function noteSuccess(table: Table, service: string): Promise<void> {
  await table.client.send(new DeleteCommand({ TableName: table.name, Key: { ...webhookHealthKey(service) } }));
}

/** `active` → `disabled`, because it has been failing for too long; false when it is not active any more. */
export async function disableFailing(
  table: Table,
  { organization, id }: Pick<Webhook, 'organization' | 'id'>,
  now: number,
): Promise<boolean> {
  const outcome = await updateItem(
    table,
    serviceKey(organization, id),
    { set: { status: 'disabled', reason: 'failing', updatedAt: now } },
    equals('status', 'active'),
  );
  return outcome.done;
}
