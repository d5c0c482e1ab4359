import { invalid } from '../domain/errors.ts';

/** The grammar of lists (contract section 2): reserved words, and filters on dotted fields with an operator each. */

export type FilterOperator = 'is' | 'not' | 'contains' | 'startsWith' | 'above' | 'atLeast' | 'below' | 'atMost';

export interface Filter {
  /** Dotted. */
  readonly field: string;
  readonly operator: FilterOperator;
  /** As given; several for `is` and `not` alone, never none. */
  readonly values: readonly [string, ...string[]];
}

export interface SortKey {
  readonly field: string;
  readonly descending: boolean;
}

/** How much of what is found is shown. */
export interface Shown {
  /** Dotted fields; none: all of them. */
  readonly select: readonly string[];
  /** Dotted references that are to be filled in. */
  readonly populate: readonly string[];
}

export interface ListQuery extends Shown {
  /** None: the resource's own order. */
  readonly sort: readonly SortKey[];
  readonly limit: number;
  readonly offset: number;
  /** Where a page before this one ended, in words of the list's own. */
  readonly cursor?: string;
  readonly filters: readonly Filter[];
}

export const DEFAULT_LIMIT = 100;
export const MAX_LIMIT = 500;
/** Any of so many values, which are ids as a rule: as many as the table reads at once. */
export const MAX_VALUES = 100;
const MAX_FILTERS = 20;
const MAX_NAMES = 50;
const MAX_CHARACTERS = 512;
const MAX_CURSOR_CHARACTERS = 2_048;

const RESERVED: ReadonlySet<string> = new Set(['sort', 'limit', 'offset', 'cursor', 'select', 'populate']);

/** Longer operators before those they begin with. */
const OPERATORS: readonly (readonly [string, FilterOperator])[] = [
  ['>=', 'atLeast'],
  ['<=', 'atMost'],
  ['>', 'above'],
  ['<', 'below'],
  ['~', 'contains'],
  ['^', 'startsWith'],
  ['!', 'not'],
];

/** The query string of a list. Throws 400 with the path of what is wrong. */
export function parseListQuery(rawQuery: string): ListQuery {
  const parameters = new URLSearchParams(rawQuery);
  const cursor = parameters.get('cursor') ?? '';
  if (cursor.length > MAX_CURSOR_CHARACTERS) throw invalid('cursor', 'is not one that a list gave');
  return {
    ...shownIn(parameters),
    sort: namesIn(parameters, 'sort').map(toSortKey),
    limit: numberIn(parameters, 'limit', { least: 1, most: MAX_LIMIT, otherwise: DEFAULT_LIMIT }),
    offset: numberIn(parameters, 'offset', { least: 0, most: Number.MAX_SAFE_INTEGER, otherwise: 0 }),
    ...(cursor !== '' && { cursor }),
    filters: filtersIn(parameters),
  };
}

/** `select` and `populate` of a request for one resource; what else its query says is nothing of ours. Throws 400. */
export const parseShown = (rawQuery: string): Shown => shownIn(new URLSearchParams(rawQuery));

const shownIn = (parameters: URLSearchParams): Shown => ({
  select: namesIn(parameters, 'select'),
  populate: namesIn(parameters, 'populate'),
});

/** A comma list, blanks around its names allowed; given several times it is one list. */
function namesIn(parameters: URLSearchParams, word: string): string[] {
  const names = parameters
    .getAll(word)
    .flatMap((list) => list.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length > MAX_NAMES) throw invalid(word, `names ${names.length} fields; at most ${MAX_NAMES} are taken`);
  demandShort(word, names);
  return [...new Set(names)];
}

const toSortKey = (name: string): SortKey =>
  name.startsWith('-') ? { field: name.slice(1), descending: true } : { field: name, descending: false };

function numberIn(
  parameters: URLSearchParams,
  word: string,
  { least, most, otherwise }: { least: number; most: number; otherwise: number },
): number {
  const given = parameters.get(word)?.trim() ?? '';
  if (given === '') return otherwise;
  const number = /^\d+$/.test(given) ? Number(given) : Number.NaN;
  if (number >= least && number <= most) return number;
  const range = most === Number.MAX_SAFE_INTEGER ? `a whole number from ${least} on` : `from ${least} to ${most}`;
  throw invalid(word, `must be ${range}`);
}

function filtersIn(parameters: URLSearchParams): Filter[] {
  const given = [...parameters].filter(([name]) => name !== '' && !RESERVED.has(name));
  if (given.length > MAX_FILTERS) {
    throw invalid('', `There are ${given.length} filters; at most ${MAX_FILTERS} are taken.`);
  }
  return given.map(([field, value]) => {
    demandShort('', [field]);
    return toFilter(field, value);
  });
}

function toFilter(field: string, value: string): Filter {
  const [sign, operator] = OPERATORS.find(([known]) => value.startsWith(known)) ?? ['', 'is' as const];
  const operand = value.slice(sign.length);
  const values = operator === 'is' || operator === 'not' ? valuesOf(operand) : [operand];
  if (operand === '[]') throw invalid(field, 'is asked to be one of no values');
  if (values.length > MAX_VALUES) throw invalid(field, `has ${values.length} values; at most ${MAX_VALUES} are taken`);
  demandShort(field, values);
  const [first = '', ...others] = values;
  return { field, operator, values: [first, ...others] };
}

/** `[a,b]` is any of them, and `[~a]` the text `~a`. */
const valuesOf = (operand: string): string[] =>
  operand.startsWith('[') && operand.endsWith(']')
    ? operand
        .slice(1, -1)
        .split(',')
        .map((value) => value.trim())
    : [operand];

function demandShort(path: string, values: readonly string[]): void {
  if (values.every((value) => value.length <= MAX_CHARACTERS)) return;
  throw invalid(path, `A name or value in the query is longer than ${MAX_CHARACTERS} characters.`);
}
