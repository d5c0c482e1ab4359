import type { Clock } from './clock.ts';

export interface Cache<T> {
  get(key: string): Promise<T>;
  forget(key: string): void;
}

/** Remembers what `load` answered for `ttlMs`; callers that come meanwhile share one load. A failed load is forgotten. */
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
      value.catch(() => entries.delete(key));
      return value;
    },
    forget: (key) => {
      entries.delete(key);
    },
  };
}
