import type { SortKey } from '../contracts/list-query.ts';
import { invalid } from '../domain/errors.ts';
import { type Comparable, comparablesAt, type Fields } from './fields.ts';
import { demandKind } from './filter-views.ts';

/**
 * The direction of a list that is read by one field; its own direction where nothing was asked for. Throws 400 for
 * another order, which would take reading all of it.
 */
export function demandOrder(keys: readonly SortKey[], field: string, own: Direction = 'ascending'): Direction {
  const [key, ...others] = keys;
  if (!key) return own;
  if (key.field !== field || others.length > 0) throw invalid('sort', `can only be ${field} or -${field} here`);
  return key.descending ? 'descending' : 'ascending';
}

export type Direction = 'ascending' | 'descending';

const order = (a: Comparable, b: Comparable): number => {
  if (a === b) return 0;
  if (a === '' || b === '') return a === '' ? -1 : 1;
  return a < b ? -1 : 1;
};

/**
 * Views by one field after the other; those without it come first, and last in descending order. What is the same in
 * all of them stays in its order. Throws 400 naming the fields there are.
 */
export function sortViews<V>(views: readonly V[], keys: readonly SortKey[], fields: Fields): readonly V[] {
  const sorted = keys.map((key) => ({ ...key, kind: demandKind(fields, key.field, 'sort') }));
  if (sorted.length === 0) return views;
  const rows = views.map((view) => ({
    view,
    by: sorted.map(({ field, kind }) => comparablesAt(view, field, kind)[0] ?? ''),
  }));
  rows.sort((a, b) => {
    for (const [index, { descending }] of sorted.entries()) {
      const compared = order(a.by[index] ?? '', b.by[index] ?? '');
      if (compared !== 0) return descending ? -compared : compared;
    }
    return 0;
  });
  return rows.map(({ view }) => view);
}
