import type { Clock } from './clock.ts';

/** What remembers, and is told when it must not any more: after a write of one's own. */
export interface Forgetful {
  forget(key: string): void;
}

export interface Cache<T> extends Forgetful {
  /** Loads anew what is older than `atMostMs`. */
  get(key: string, atMostMs?: number): Promise<T>;
}

/**
 * Remembers what `load` answered for `ttlMs`; callers that come meanwhile share one load. A failed load is forgotten,
 * and so is `undefined`: what is not there yet may be made any moment.
 */
export function createCache<T>(
  load: (key: string) => Promise<T>,
  ttlMs: number,
  clock: Clock,
  limit = 10_000,
): Cache<T> {
  const entries = new Map<string, { value: Promise<T>; since: number }>();
  return {
    get(key, atMostMs = ttlMs) {
      const known = entries.get(key);
      if (known && clock.now() - known.since < Math.min(atMostMs, ttlMs)) return known.value;
      const value = load(key);
      if (entries.size >= limit) entries.clear();
      entries.set(key, { value, since: clock.now() });
      const forget = () => entries.get(key)?.value === value && entries.delete(key);
      value.then((loaded) => loaded === undefined && forget(), forget);
      return value;
    },
    forget: (key) => void entries.delete(key),
  };
}
