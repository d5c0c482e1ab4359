import { createPattern } from './event-pattern.ts';

export type RecordFilter = (record: unknown) => boolean;

interface FilterCriteria {
  readonly Filters?: readonly { readonly Pattern: string }[];
}

/** Lambda's event filter: a record passes if any pattern fits. Throws for a rule that is not known here. */
export function createFilter({ Filters = [] }: FilterCriteria = {}): RecordFilter {
  const patterns = Filters.map(({ Pattern }) => createPattern(JSON.parse(Pattern)));
  return (record) => patterns.length === 0 || patterns.some((fits) => fits(record));
}
