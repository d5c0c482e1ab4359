import { BadInput, fieldsOf } from './bad-input.ts';
import type { MetaProblem } from './meta-errors.ts';

/**
 * Meta's own limits: from one number 80 messages in any second; to one person one message in 6 seconds, of which 45 may
 * come at once, and are waited for afterwards.
 */
const META_LIMITS = { perSecond: 80, pairEveryMs: 6000, pairBurst: 45 };
const NAMES = ['perSecond', 'pairEveryMs', 'pairBurst'] as const;

const TOO_FAST: MetaProblem = { code: 130429, details: 'Message failed to send because throughput was exceeded.' };
const TOO_OFTEN: MetaProblem = {
  code: 131056,
  details: 'Too many messages were sent from this phone number to the same recipient in a short time.',
};

/** Counts what a number sends, and refuses what is too much. What is refused does not count. */
export function createMetaLimits(now: () => number) {
  let limits = META_LIMITS;
  const sentAt = new Map<string, readonly number[]>();
  /** When a pair will have waited for all that it sent. */
  const evenAt = new Map<string, number>();

  return {
    /** One more message, if it may be sent now. */
    take(number: string, contact: string): MetaProblem | undefined {
      const at = now();
      const recent = (sentAt.get(number) ?? []).filter((moment) => moment > at - 1000);
      if (recent.length >= limits.perSecond) return TOO_FAST;
      const pair = `${number} ${contact}`;
      const even = Math.max(evenAt.get(pair) ?? 0, at);
      if (even - at > (limits.pairBurst - 1) * limits.pairEveryMs) return TOO_OFTEN;
      sentAt.set(number, [...recent, at]);
      evenAt.set(pair, even + limits.pairEveryMs);
      return undefined;
    },
    /** Throws `BadInput`; what is left out stays as it is. */
    set(input: unknown) {
      const given = fieldsOf(input, 'The body', NAMES);
      const wrong = Object.entries(given).find(([, value]) => typeof value !== 'number' || !(value >= 1));
      if (wrong) throw new BadInput(`"${wrong[0]}" must be a number from 1 on.`);
      limits = { ...limits, ...given };
      return limits;
    },
  };
}
