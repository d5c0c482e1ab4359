import { pick } from './api-random.ts';

// biome-ignore lint/suspicious/noExplicitAny: any JSON
type Json = any;

/** What goes where something else was expected. All of it can be written as JSON. */
const ODDITIES: readonly Json[] = [
  null,
  true,
  0,
  -1,
  0.1,
  2 ** 53,
  1e300,
  1e-300,
  '',
  ' ',
  '\u0000',
  '\ud800',
  'é',
  '👩‍🚗',
  'null',
  '__proto__',
  'constructor',
  '{{1}}',
  '/leave',
  'aaa000000000000000000111',
  'x'.repeat(5000),
  [],
  {},
  [[]],
  [null],
  { '': '' },
  { a: { b: { c: 1 } } },
  { toString: 1 },
  JSON.parse('{"__proto__": {"polluted": true}}'),
];

const placesIn = (value: Json, path: readonly string[] = []): string[][] =>
  value !== null && typeof value === 'object'
    ? Object.keys(value).flatMap((key) => [[...path, key], ...placesIn(value[key], [...path, key])])
    : [];

function change(value: Json, [key, ...rest]: readonly string[], random: () => number): void {
  if (key === undefined) return;
  const what = rest.length > 0 ? Number.NaN : random();
  if (rest.length > 0) change(value[key], rest, random);
  else if (what < 0.15) delete value[key];
  else if (what < 0.25) value[`${key}${pick(['x', '.', '#', ' '], random)}`] = value[key];
  else if (what < 0.35) value[key] = [value[key], value[key]];
  else if (what < 0.45 && typeof value[key] === 'string')
    value[key] += pick(['\n', '\u0000', '\udfff', '\u202e', '#'], random);
  else value[key] = structuredClone(pick(ODDITIES, random));
}

/** A copy with one to three changes somewhere, which may still be valid. */
export function mutate(valid: Json, random: () => number): Json {
  const mutated = structuredClone(valid);
  const count = 1 + Math.floor(random() * 3);
  for (let round = 0; round < count; round++) {
    const places = placesIn(mutated);
    if (places.length > 0) change(mutated, pick(places, random), random);
  }
  return mutated;
}
