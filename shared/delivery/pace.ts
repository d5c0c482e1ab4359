import type { Service } from '../contracts/configuration.ts';
import type { Clock } from '../runtime/clock.ts';
import { takeBlock } from '../store/pace.ts';
import type { Table } from '../store/table.ts';

/** Whether a sender may send now; else the moment to try again, epoch milliseconds. */
export type PaceAnswer = { readonly go: true } | { readonly go: false; readonly at: number };

export interface Pace {
  ask(service: Pick<Service, 'id' | 'params'>): Promise<PaceAnswer>;
}

/** A tenth of a second's allowance at a time: one write for many messages, and little lost with an idle environment. */
const BLOCKS = 10;

/**
 * Keeps senders to their provider's rate, `params.rate` in messages per second, over all environments: a token bucket
 * in the table, leased in blocks. A service without a rate is not slowed, and costs nothing.
 */
export function createPace(table: Table, clock: Clock, random: () => number): Pace {
  const leased = new Map<string, { window: number; left: number }>();
  return {
    async ask({ id, params }) {
      const rate = Number(params.rate ?? 0);
      if (!(rate > 0)) return { go: true };
      // Less than one in a second is one in a longer while.
      const seconds = rate < 1 ? Math.ceil(1 / rate) : 1;
      const allowance = Math.max(1, Math.floor(rate));
      const window = Math.floor(clock.now() / 1000 / seconds) * seconds;
      const lease = leased.get(id);
      if (lease?.window === window && lease.left > 0) {
        lease.left -= 1;
        return { go: true };
      }
      const block = Math.max(1, Math.floor(allowance / BLOCKS));
      if (await takeBlock(table, id, window, { block, allowance })) {
        leased.set(id, { window, left: block - 1 });
        return { go: true };
      }
      return { go: false, at: (window + seconds) * 1000 + Math.floor(random() * 1000) };
    },
  };
}
