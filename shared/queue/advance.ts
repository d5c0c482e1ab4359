import type { Message } from '../domain/message.ts';
import type { Ticker } from './ticks.ts';

/** A message that far ahead has a tick of its own that will come in time. */
const FAR_AHEAD_MS = 60_000;

export type NextMessage = (conversation: string, key: string) => Promise<Message | undefined>;

/**
 * Wakes the message behind one that is finished, so that it need not wait for anything else to notice. Throws when the
 * queue did not take the tick: whoever finished the message must try again.
 */
export async function advance(
  ticker: Ticker,
  findNext: NextMessage,
  finished: { conversation: string; key: string },
  now: number,
): Promise<void> {
  const next = await findNext(finished.conversation, finished.key);
  if (next && next.due - now <= FAR_AHEAD_MS) await ticker.tick({ message: next, at: next.due });
}
