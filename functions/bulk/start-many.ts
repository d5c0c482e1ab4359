import { acceptedAs, type Outcome, refusedFor } from '../../shared/acceptance/outcome.ts';
import type { Started } from '../../shared/acceptance/start-conversation.ts';
import { orLeaveToSweeper } from '../../shared/acceptance/wake.ts';
import type { Caller } from '../../shared/auth/caller.ts';
import { RequestError } from '../../shared/domain/errors.ts';
import { gatherTicks } from '../../shared/queue/gather-ticks.ts';
import { createLanes } from '../../shared/runtime/lanes.ts';
import { gatherReads } from '../../shared/store/gather-reads.ts';
import { clientIdOf, prepareItem } from './item.ts';
import type { BulkParts } from './parts.ts';

/** Items at work at once. */
const WIDTH = 25;

export interface BulkRequest {
  readonly items: readonly unknown[];
  /** Of the header `Idempotency-Key`. */
  readonly key: string | undefined;
  /** No item is begun after it. */
  readonly deadline: number;
}

export type ItemResult = { readonly index: number; readonly clientId?: string } & Outcome;

/**
 * Accepts many starts, each by itself: one that is refused stops no other. Items of one person go in the order of the
 * array, others side by side. Every item has a result, in the order of the array, whatever became of it.
 */
export async function startMany(parts: BulkParts, caller: Caller, request: BulkRequest): Promise<ItemResult[]> {
  const { items, key: requestKey } = request;
  const ticker = gatherTicks(parts.ticker);
  const gathering = { ...parts, ticker, read: gatherReads(parts.read) };
  const lanes = createLanes(WIDTH);
  const outcomes = new Map<number, Outcome>();
  for (const [index, json] of items.entries()) {
    try {
      demandTime(parts, request);
      const { about, accept } = await prepareItem(gathering, caller, { index, json, requestKey });
      await lanes.enter(about, async () => {
        outcomes.set(index, await carryOut(parts, request, accept));
      });
    } catch (error) {
      outcomes.set(index, refusedFor(error, parts.observe));
    }
  }
  await lanes.idle();
  await orLeaveToSweeper(parts.observe, ticker.flush);
  return items.map((json, index) => resultOf(index, clientIdOf(json), outcomes.get(index)));
}

function demandTime({ clock }: BulkParts, { deadline }: BulkRequest): void {
  if (clock.now() < deadline) return;
  throw new RequestError(
    'not_reached',
    'The time of the request was over before the turn of this item; send it again.',
  );
}

async function carryOut(parts: BulkParts, request: BulkRequest, accept: () => Promise<Started>): Promise<Outcome> {
  try {
    demandTime(parts, request);
    return acceptedAs(await accept());
  } catch (error) {
    return refusedFor(error, parts.observe);
  }
}

function resultOf(index: number, clientId: string | undefined, outcome: Outcome | undefined): ItemResult {
  if (!outcome) throw new Error('An item that was entered has an outcome.');
  return { index, ...(clientId !== undefined && { clientId }), ...outcome };
}
