import { absent, any, atMost } from './expression.ts';
import { paceKey, TABLE } from './keys.ts';
import { type Table, updateItem } from './table.ts';

const KEPT_SECONDS = 3600;

/** Takes a block of a sender's allowance from a moment on, shared by all; false when it is used up. */
export async function takeBlock(
  table: Table,
  service: string,
  second: number,
  { block, allowance }: { block: number; allowance: number },
): Promise<boolean> {
  const outcome = await updateItem(
    table,
    paceKey(service, second),
    { add: { used: block }, set: { [TABLE.timeToLive]: second + KEPT_SECONDS } },
    any(absent('used'), atMost('used', allowance - block)),
  );
  return outcome.done;
}
