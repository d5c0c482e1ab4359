import { isStorable } from './conversation-request.ts';

const MAX_DEPTH = 10;

interface Unstorable {
  readonly path: string[];
  readonly message: string;
}

/** Source: DynamoDB's naming rules, less than 64 KB. */
const MAX_NAME_BYTES = 64 * 1024 - 1;

const isStorableName = (name: string): boolean =>
  name !== '' && name !== '__proto__' && name.isWellFormed() && Buffer.byteLength(name) <= MAX_NAME_BYTES;

/** Deeper than any contract goes. */
const DEEPEST = 32;

/** Where a value first holds what the table would not keep as it is; undefined where it does not. */
export function unstorableIn(value: unknown, path: string[] = []): Unstorable | undefined {
  if (typeof value === 'string')
    return value.isWellFormed() ? undefined : { path, message: 'holds half of a character' };
  if (typeof value === 'number') return isStorable(value) ? undefined : { path, message: 'is too large or too small' };
  if (typeof value !== 'object' || value === null) return undefined;
  if (path.length === DEEPEST) return { path, message: 'is nested too deeply' };
  for (const [name, inner] of Object.entries(value)) {
    const found = isStorableName(name)
      ? unstorableIn(inner, [...path, name])
      : { path, message: 'has a name that cannot be kept' };
    if (found) return found;
  }
  return undefined;
}

/** Whether the table can hold it as it is. */
export function isStorableJson(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value === 'number') return isStorable(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth === MAX_DEPTH) return false;
  return Object.entries(value).every(([name, inner]) => isStorableName(name) && isStorableJson(inner, depth + 1));
}
