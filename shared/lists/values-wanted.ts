import type { Filter } from '../contracts/list-query.ts';

/** The values that a field is asked to have, if it is asked for once and by `=`: a list can be read by these. */
export function valuesWanted(filters: readonly Filter[], field: string): readonly string[] | undefined {
  const [filter, ...others] = filters.filter((one) => one.field === field);
  return filter?.operator === 'is' && others.length === 0 ? filter.values : undefined;
}

/** The same, where it is one value. */
export function valueWanted(filters: readonly Filter[], field: string): string | undefined {
  const [value, ...others] = valuesWanted(filters, field) ?? [];
  return others.length === 0 ? value : undefined;
}

export const without = (filters: readonly Filter[], ...fields: readonly string[]): Filter[] =>
  filters.filter(({ field }) => !fields.includes(field));
