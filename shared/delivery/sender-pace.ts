import type { Service } from '../contracts/configuration.ts';
import { type PaceAnswer, RATE_OF } from '../domain/pace.ts';
import type { Touchpoint } from '../domain/touchpoint.ts';
import type { Clock } from '../runtime/clock.ts';
import { readGivenOut, type SenderWindow, takeShare } from '../store/pace.ts';
import type { Table } from '../store/table.ts';

export interface Sender {
  readonly service: Pick<Service, 'id' | 'params'>;
  readonly touchpoint: Touchpoint;
}

/** A twentieth of the rate at a time: many environments find room, and few writes are made. */
const SHARES = 20;
/** A share is held this long: what an environment that fell idle still holds is back soon. */
const HELD_SECONDS = 10;

/** What this environment may send per period, until the stretch it took it for is over. */
interface Lease {
  readonly start: number;
  readonly share: number;
  /** Others have all the rest. */
  readonly isLast: boolean;
  /** What this environment and all others held before: in its first period that may still be going out. */
  readonly own: number;
  readonly others: number;
}

interface Limits {
  /** Messages per period, over all environments. */
  readonly allowance: number;
  readonly periodSeconds: number;
  readonly share: number;
  readonly heldSeconds: number;
}

function limitsOf(rate: number): Limits {
  // Less than one in a second is one in a longer while.
  const periodSeconds = rate < 1 ? Math.ceil(1 / rate) : 1;
  const allowance = Math.max(1, Math.floor(rate));
  // What cannot be shared out finely is not held longer than one period.
  return allowance < SHARES
    ? { allowance, periodSeconds, share: 1, heldSeconds: periodSeconds }
    : { allowance, periodSeconds, share: Math.floor(allowance / SHARES), heldSeconds: HELD_SECONDS };
}

/**
 * Keeps senders to a rate over all environments: each takes shares of it from the table, as many as it needs, and
 * counts its own sends in memory. The rate is `params.rate`, else the touchpoint's own; without either nothing is
 * slowed, and it costs nothing.
 */
export function createSenderPace(table: Table, clock: Clock, random: () => number) {
  const leases = new Map<string, Lease>();
  const sends = new Map<string, number[]>();
  const turns = new Map<string, Promise<unknown>>();

  /** What was held before is asked for only where it can still be going out. */
  async function begin(window: SenderWindow, { heldSeconds }: Limits, held: Lease | undefined): Promise<Lease> {
    const former = window.start - heldSeconds;
    const own = held?.start === former ? held.share : 0;
    const givenOut = await readGivenOut(table, { ...window, start: former });
    return { start: window.start, share: 0, isLast: false, own, others: givenOut - own };
  }

  async function ask(name: string, { service, touchpoint }: Sender, limits: Limits): Promise<PaceAnswer> {
    const now = clock.now();
    const periodMs = limits.periodSeconds * 1000;
    const recent = (sends.get(name) ?? []).filter((at) => at > now - periodMs);
    const start = Math.floor(now / 1000 / limits.heldSeconds) * limits.heldSeconds;
    const window = { service: service.id, touchpoint, start };
    const held = leases.get(name);
    const isEarly = now < start * 1000 + periodMs && limits.heldSeconds > limits.periodSeconds;
    const fresh = { start, share: 0, isLast: false, own: 0, others: 0 };
    let lease = held?.start === start ? held : isEarly ? await begin(window, limits, held) : fresh;
    while (recent.length >= lease.share && !lease.isLast) {
      const isMore = isEarly && lease.share + limits.share > lease.own;
      const allowance = limits.allowance - (isMore ? lease.others : 0);
      const taken = allowance >= limits.share && (await takeShare(table, window, { share: limits.share, allowance }));
      lease = { ...lease, share: lease.share + (taken ? limits.share : 0), isLast: !taken && !isEarly };
      leases.set(name, lease);
      if (!taken) break;
    }
    const go = recent.length < lease.share;
    sends.set(name, go ? [...recent, now] : recent);
    if (go) return { go };
    return { go, at: (Math.floor(now / periodMs) + 1) * periodMs + Math.floor(random() * 1000) };
  }

  return {
    /** Those of one sender ask one after the other, so that a batch does not take a share for each of its messages. */
    ask(sender: Sender): Promise<PaceAnswer> {
      const rate = Number(sender.service.params.rate ?? RATE_OF[sender.touchpoint] ?? 0);
      if (!(rate > 0)) return Promise.resolve({ go: true });
      const name = `${sender.service.id} ${sender.touchpoint}`;
      const before = turns.get(name) ?? Promise.resolve();
      const turn = before.catch(() => {}).then(() => ask(name, sender, limitsOf(rate)));
      turns.set(name, turn);
      return turn;
    },
  };
}
