import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { absent, all, any, atMost, equals, moreThan } from './expression.ts';
import { attemptsKey } from './keys.ts';
import { type Table, updateItem } from './table.ts';

/** How often something may be tried within which time. */
export interface AttemptLimit {
  readonly attempts: number;
  readonly windowMs: number;
}

/**
 * Counts an attempt before it is made. Answers how many milliseconds are left of the window when it had as many as the
 * limit allows: then none is counted, and none may be made.
 */
export async function countAttempt(
  table: Table,
  digest: string,
  limit: AttemptLimit,
  now: number,
): Promise<{ waitMs: number } | undefined> {
  const key = attemptsKey(digest);
  const until = now + limit.windowMs;
  const ttl = Math.ceil(until / 1000);
  const counted = await updateItem(
    table,
    key,
    { add: { attempts: 1 }, fill: { until, ttl } },
    any(absent('pk'), all(moreThan('until', now), atMost('attempts', limit.attempts - 1))),
  );
  if (counted.done) return undefined;
  const old = Number(counted.old?.until ?? now);
  if (old > now) return { waitMs: old - now };
  const anew = await updateItem(
    table,
    key,
    { set: { attempts: 1, until, ttl } },
    any(absent('pk'), equals('until', old)),
  );
  return anew.done ? undefined : countAttempt(table, digest, limit, now);
}

/** After an attempt that was no failure. */
export async function forgetAttempts(table: Table, digest: string): Promise<void> {
  await table.client.send(new DeleteCommand({ TableName: table.name, Key: { ...attemptsKey(digest) } }));
}
