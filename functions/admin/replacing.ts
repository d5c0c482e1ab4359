import type { Changes } from '../../shared/store/expression.ts';

type Named = Readonly<Record<string, unknown>>;

/** What a PATCH names, as a change of the stored item: `null` clears, what is not named stays. */
export const replacing = (named: Named): Required<Pick<Changes, 'set' | 'remove'>> => ({
  set: cleared(named),
  remove: Object.entries(named).flatMap(([field, value]) => (value === null ? [field] : [])),
});

/** Without what is `null` or not there. */
export const cleared = <T extends Named>(named: T): { [K in keyof T]: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined && value !== null)) as {
    [K in keyof T]: NonNullable<T[K]>;
  };
