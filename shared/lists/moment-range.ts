import type { Filter } from '../contracts/list-query.ts';
import { readComparable } from './fields.ts';

/** Inclusive, epoch milliseconds. */
export interface MomentRange {
  readonly from: number;
  readonly to: number;
}

/** As many digits as keys have for a moment. */
const LAST = 9_999_999_999_999;

const FROM: ReadonlySet<string> = new Set(['is', 'above', 'atLeast']);
const TO: ReadonlySet<string> = new Set(['is', 'below', 'atMost']);

/** Between which moments a field has to be; as wide as the keys go, where nothing says so. It may be empty. */
export function momentRange(filters: readonly Filter[], field: string): MomentRange {
  const momentsOf = (operators: ReadonlySet<string>): number[] =>
    filters
      .filter((filter) => filter.field === field && operators.has(filter.operator) && filter.values.length === 1)
      .map(({ values: [value] }) => readComparable('date', value.trim()))
      .filter((moment) => typeof moment === 'number');
  return { from: Math.max(0, ...momentsOf(FROM)), to: Math.min(LAST, ...momentsOf(TO)) };
}
