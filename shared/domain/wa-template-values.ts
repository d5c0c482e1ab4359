/** One thing that is wrong, as the end of a sentence that begins with the template: what is missing, or all there is to say. */
export type Problem = { readonly needs: string } | { readonly says: string };

/** Meta refuses parameters with these, whatever their length. */
const UNEVEN = /[\n\r\t]| {5}/;

/** A plain value as text; undefined for one that is blank or no plain value. */
export function textFrom(given: unknown): string | undefined {
  if (typeof given !== 'string' && typeof given !== 'number' && typeof given !== 'boolean') return undefined;
  const text = String(given);
  return text.trim() === '' ? undefined : text;
}

export const isGiven = (given: unknown): boolean => given !== undefined && given !== null;

export const listOf = (given: unknown): readonly unknown[] => {
  if (Array.isArray(given)) return given;
  return isGiven(given) ? [given] : [];
};

export const namedIn = (given: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof given === 'object' && given !== null && !Array.isArray(given) ? { ...given } : undefined;

export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** What is wrong with the value of one place. */
export function placeProblems(place: string, value: string | undefined): Problem[] {
  if (value === undefined) return [{ needs: place }];
  return UNEVEN.test(value) ? [{ says: `takes no line end, tab or more than four spaces in a row in ${place}` }] : [];
}
