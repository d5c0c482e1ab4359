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
  const leased = new Map<string, { second: number; left: number }>();
  return {
    async ask({ id, params }) {
      const perSecond = Math.floor(Number(params.rate ?? 0));
      if (!(perSecond > 0)) return { go: true };
      const second = Math.floor(clock.now() / 1000);
      const lease = leased.get(id);
      if (lease?.second === second && lease.left > 0) {
        lease.left -= 1;
        return { go: true };
      }
      const block = Math.max(1, Math.floor(perSecond / BLOCKS));
      if (await takeBlock(table, id, second, { block, perSecond })) {
        leased.set(id, { second, left: block - 1 });
        return { go: true };
      }
      return { go: false, at: (second + 1) * 1000 + Math.floor(random() * 1000) };
    },
  };
}
