import { isStorable } from './conversation-request.ts';

const MAX_DEPTH = 10;

/** Whether the table can hold it as it is. */
export function isStorableJson(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value === 'number') return isStorable(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth === MAX_DEPTH) return false;
  return Object.entries(value).every(
    ([name, inner]) => name !== '' && name !== '__proto__' && name.isWellFormed() && isStorableJson(inner, depth + 1),
  );
}
