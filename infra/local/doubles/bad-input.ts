/** What the control server answers with 400: a sentence for the person who asked. */
export class BadInput extends Error {
  override readonly name = 'BadInput';
}

export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Throws `BadInput` unless `value` is an object with no other fields than `known`. */
export function fieldsOf(value: unknown, what: string, known: readonly string[]): Fields {
  if (!isFields(value)) throw new BadInput(`${what} must be a JSON object with ${known.join(', ')}.`);
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new BadInput(`${what} has no field "${unknown}"; known: ${known.join(', ')}.`);
  return value;
}

/** Throws `BadInput` unless the field is a string with something in it. */
export function textOf(fields: Fields, name: string, what: string): string {
  const value = fields[name];
  if (typeof value !== 'string' || value === '') throw new BadInput(`${what} needs "${name}", a string.`);
  return value;
}
