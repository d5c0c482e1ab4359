import { type Fields, isFields } from './bad-input.ts';

/** The fields of a JSON object; none for what is no such thing. */
export function jsonFields(text: string): Fields {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : {};
  } catch {
    return {};
  }
}
