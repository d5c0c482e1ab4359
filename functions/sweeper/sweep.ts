import type { Sweep, Tick } from '../../shared/contracts/queue-messages.ts';
import type { QueueSender } from '../../shared/queue/send.ts';
import type { Ticker } from '../../shared/queue/ticks.ts';
import type { Observer } from '../../shared/runtime/observe.ts';
import { messageKey } from '../../shared/store/keys.ts';
import { toMessage } from '../../shared/store/message-item.ts';
import { batchGet, type Table } from '../../shared/store/table.ts';

/** As many messages as one queue message names, and as one read of the table takes. */
const PACK = 100;

/** Remembers messages that were just stored, to be looked at in a while. Throws when the queue did not take them. */
export async function remember(
  queue: QueueSender<Sweep>,
  messages: readonly Tick[],
  delaySeconds: number,
): Promise<void> {
  const packs = Array.from({ length: Math.ceil(messages.length / PACK) }, (_, index) =>
    messages.slice(index * PACK, (index + 1) * PACK),
  );
  await queue.send(
    packs.map((pack) => ({ body: { messages: pack }, group: pack[0]?.organization ?? '', delaySeconds })),
  );
}

export interface SweepParts {
  readonly table: Table;
  readonly ticker: Ticker;
  readonly observe: Observer;
  readonly now: () => number;
}

/** States in which a message may wait for a tick that was lost: its own, or the one that wakes the message behind it. */
const WAITING: ReadonlySet<string> = new Set(['pending', 'canceled', 'moved']);

/** Ticks the messages that still wait: their own tick may have been lost between the write and the queue. */
export async function sweep({ table, ticker, observe, now }: SweepParts, { messages }: Sweep): Promise<void> {
  const items = await batchGet(
    table,
    messages.map(({ conversation, key }) => messageKey(conversation, key)),
    false,
  );
  observe.count('MessageChecked', items.length);
  const waiting = items.map((item) => toMessage(item)).filter(({ state }) => WAITING.has(state));
  if (waiting.length === 0) return;
  await ticker.tick(...waiting.map((message) => ({ message, at: message.due })));
  observe.count('SweptTick', waiting.filter(({ due }) => due < now()).length);
}
