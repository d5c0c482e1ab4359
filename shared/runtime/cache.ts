import type { Clock } from './clock.ts';

export interface Cache<T> {
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
      const forget = () => entries.delete(key);
      value.then((loaded) => loaded === undefined && forget(), forget);
      return value;
    },
  };
}
