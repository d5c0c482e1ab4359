/** What of a resource can be filtered and sorted by, as dotted fields of its view. `meta.*` is every field of `meta`. */
export type Fields = Readonly<Record<string, FieldKind>>;
export type FieldKind = 'text' | 'number' | 'date' | 'boolean';

/** A field's value as it is compared; `''` is one that is absent. */
export type Comparable = string | number;

/** Undefined for a field that the resource does not have. */
export function kindOf(fields: Fields, field: string): FieldKind | undefined {
  if (Object.hasOwn(fields, field)) return fields[field];
  for (let dot = field.indexOf('.'); dot > 0 && dot < field.length - 1; dot = field.indexOf('.', dot + 1)) {
    const any = `${field.slice(0, dot)}.*`;
    if (Object.hasOwn(fields, any)) return fields[any];
  }
  return undefined;
}

/** Undefined when the text is no value of the kind. Case does not count. */
export function readComparable(kind: FieldKind, text: string): Comparable | undefined {
  if (text === '' && kind !== 'boolean') return '';
  const number = NUMBER_OF[kind]?.(text) ?? Number.NaN;
  return kind === 'text' ? text.toLowerCase() : Number.isFinite(number) ? number : undefined;
}

const DATE = /^\d{4}-\d{2}-\d{2}(?<time>T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(?<offset>Z|[+-]\d{2}:\d{2})?)?$/i;

/** ISO 8601; without an offset it is UTC (contract section 1). */
function readDate(text: string): number {
  const { time, offset } = DATE.exec(text)?.groups ?? {};
  if (time === undefined) return DATE.test(text) ? Date.parse(text) : Number.NaN;
  return Date.parse(offset === undefined ? `${text}Z` : text);
}

const NUMBER_OF: Readonly<Partial<Record<FieldKind, (text: string) => number | undefined>>> = {
  number: (text) => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined),
  date: readDate,
  boolean: (text) => ({ true: 1, false: 0 })[text.toLowerCase()],
};

/** All values of a field in a view: those of every element where an array is on the way; one that is absent is `''`. */
export function comparablesAt(view: unknown, field: string, kind: FieldKind): readonly Comparable[] {
  const found = valuesAt(view, field).flatMap((value) => {
    const comparable = readComparable(kind, String(value));
    return comparable === undefined ? [] : [comparable];
  });
  return found.length > 0 ? found : [kind === 'boolean' ? 0 : ''];
}

function valuesAt(value: unknown, path: string): unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((element) => valuesAt(element, path));
  if (path === '') return [value];
  if (typeof value !== 'object') return [];
  const own = new Map<string, unknown>(Object.entries(value));
  if (own.has(path)) return valuesAt(own.get(path), '');
  const dot = path.indexOf('.');
  return dot < 0 ? [] : valuesAt(own.get(path.slice(0, dot)), path.slice(dot + 1));
}
