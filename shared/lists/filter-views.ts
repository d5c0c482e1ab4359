import type { Filter, FilterOperator } from '../contracts/list-query.ts';
import { invalid } from '../domain/errors.ts';
import { type Comparable, comparablesAt, type FieldKind, type Fields, kindOf, readComparable } from './fields.ts';

export type Fits = (view: unknown) => boolean;

/**
 * Whether a view fits all filters. Of an array any element does; several filters on the elements of one
 * (`participants.user`, `participants.inbox`) have to fit the same element. Throws 400 naming the fields there are.
 */
export function fitsAll(filters: readonly Filter[], fields: Fields): Fits {
  const tests = filters.map((filter) => ({ filter, fits: fitsOne(filter, demandKind(fields, filter.field)) }));
  const groups = [...Map.groupBy(tests, ({ filter }) => filter.field.split('.', 1)[0] ?? '')];
  return (view) =>
    groups.every(([name, group]) => {
      const inOne = (one: unknown) => group.every(({ fits }) => fits(one));
      const elements = group.some(({ filter }) => filter.operator !== 'not') ? elementsAt(view, name) : [];
      return elements.length > 0 ? elements.some((element) => inOne({ [name]: element })) : inOne(view);
    });
}

/** The objects of an array in a view; none where there is no such array. */
function elementsAt(view: unknown, name: string): readonly object[] {
  const value = Object.entries(view ?? {}).find(([key]) => key === name)?.[1];
  return Array.isArray(value) ? value.filter((element) => typeof element === 'object' && element !== null) : [];
}

/** Throws 400 for a field that cannot be filtered or sorted by, naming those that can. `path` is where it was named. */
export function demandKind(fields: Fields, field: string, path = field): FieldKind {
  const kind = kindOf(fields, field);
  if (kind) return kind;
  const known = Object.keys(fields).join(', ');
  throw invalid(path, `cannot be answered for "${field}"; the fields there are: ${known}`);
}

type Compare = (found: Comparable, wanted: Comparable) => boolean;

const bothNumbersOrTexts = (compare: Compare): Compare => {
  return (found, wanted) => found !== '' && typeof found === typeof wanted && compare(found, wanted);
};

const COMPARE: Readonly<Record<Exclude<FilterOperator, 'not'>, Compare>> = {
  is: (found, wanted) => found === wanted,
  contains: (found, wanted) => String(found).includes(String(wanted)),
  startsWith: (found, wanted) => String(found).startsWith(String(wanted)),
  above: bothNumbersOrTexts((found, wanted) => found > wanted),
  atLeast: bothNumbersOrTexts((found, wanted) => found >= wanted),
  below: bothNumbersOrTexts((found, wanted) => found < wanted),
  atMost: bothNumbersOrTexts((found, wanted) => found <= wanted),
};

const OF_TEXT_ALONE: ReadonlySet<FilterOperator> = new Set(['contains', 'startsWith']);

const KIND_WANTED: Readonly<Record<FieldKind, string>> = {
  text: 'text',
  number: 'a number',
  date: 'a date of ISO 8601, like 2026-01-31 or 2026-01-31T12:00:00Z',
  boolean: 'true or false',
};

function fitsOne({ field, operator, values }: Filter, kind: FieldKind): Fits {
  if (kind !== 'text' && OF_TEXT_ALONE.has(operator)) throw invalid(field, `is not text: ~ and ^ do not apply`);
  const wanted = values.map((value) => {
    const comparable = readComparable(kind, value.trim());
    if (comparable === undefined) throw invalid(field, `must be ${KIND_WANTED[kind]}`);
    return comparable;
  });
  const compare = COMPARE[operator === 'not' ? 'is' : operator];
  const any = (view: unknown) =>
    comparablesAt(view, field, kind).some((found) => wanted.some((one) => compare(found, one)));
  return operator === 'not' ? (view) => !any(view) : any;
}
