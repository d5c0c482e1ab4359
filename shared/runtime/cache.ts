import type { Clock } from './clock.ts';

/** What remembers, and is told when it must not any more: after a write of one's own. */
export interface Forgetful {
  forget(key: string): void;
}

export interface Cache<T> extends Forgetful {
  get(key: string): Promise<T>;
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
  const entries = new Map<string, { value: Promise<T>; until: number }>();
  return {
    get(key) {
      const known = entries.get(key);
      if (known && known.until > clock.now()) return known.value;
      const value = load(key);
      if (entries.size >= limit) entries.clear();
      entries.set(key, { value, until: clock.now() + ttlMs });
      const forget = () => entries.get(key)?.value === value && entries.delete(key);
      value.then((loaded) => loaded === undefined && forget(), forget);
      return value;
    },
    forget: (key) => void entries.delete(key),
  };
}
