import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { absent, any, atMost, exists } from './expression.ts';
import { conversationKey, paceKey, TABLE } from './keys.ts';
import { type Table, updateItem } from './table.ts';

const KEPT_SECONDS = 3600;

/** One number or address of a service, and a stretch of time: its start in epoch seconds. */
export interface SenderWindow {
  readonly service: string;
  readonly touchpoint: string;
  readonly start: number;
}

/** Takes a share of a sender's allowance for a stretch of time, out of what all may have; false when none is left. */
export async function takeShare(
  table: Table,
  window: SenderWindow,
  { share, allowance }: { share: number; allowance: number },
): Promise<boolean> {
  const outcome = await updateItem(
    table,
    paceKey(window.service, window.touchpoint, window.start),
    { add: { used: share }, set: { [TABLE.timeToLive]: window.start + KEPT_SECONDS } },
    any(absent('used'), atMost('used', allowance - share)),
  );
  return outcome.done;
}

/** How much of a sender's allowance was given out for a stretch of time. Consistent. */
export async function readGivenOut(table: Table, { service, touchpoint, start }: SenderWindow): Promise<number> {
  const Key = { ...paceKey(service, touchpoint, start) };
  const { Item } = await table.client.send(new GetCommand({ TableName: table.name, Key, ConsistentRead: true }));
  return Number(Item?.used ?? 0);
}

/**
 * Notes that a WhatsApp message leaves now, unless one left within `pairMs`, however many ask at once. Not taken: the
 * moment of that one; undefined when there is no such conversation any more.
 */
export async function takePair(
  table: Table,
  conversation: string,
  { now, pairMs }: { now: number; pairMs: number },
): Promise<{ taken: true } | { taken: false; lastAt: number | undefined }> {
  const outcome = await updateItem(
    table,
    conversationKey(conversation),
    { set: { whatsappAt: now } },
    exists('pk'),
    any(absent('whatsappAt'), atMost('whatsappAt', now - pairMs)),
  );
  if (outcome.done) return { taken: true };
  return { taken: false, lastAt: outcome.old && Number(outcome.old.whatsappAt) };
}
