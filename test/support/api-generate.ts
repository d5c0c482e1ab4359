import { pick } from './api-random.ts';
import { resolve } from './openapi.ts';

// biome-ignore lint/suspicious/noExplicitAny: any JSON
type Json = any;

/** Texts that a client might send; ids of ours are added by the caller. */
const TEXTS = [
  'Hey there!',
  'person@example.com',
  '+31646280994',
  'nl',
  'email',
  '/leave',
  '2026-05-12T09:30:00Z',
  '',
  'é',
];

/** Makes values that fit a schema of the document more often than not, with these ids where ids are wanted. */
export function createGenerator(random: () => number, ids: readonly string[]) {
  const chance = (share: number): boolean => random() < share;
  const many = (most: number): number => Math.floor(random() * (most + 1));

  function text({ pattern, enum: words, minLength = 0, maxLength = 300 }: Json): string {
    if (words) return pick(words, random);
    if (pattern?.includes('{24}')) return pick(ids, random);
    return pick(TEXTS, random).padEnd(minLength, 'x').slice(0, maxLength);
  }

  const numeric = ({ minimum = -5, maximum = 5_000 }: Json): number =>
    Math.floor(minimum + random() * (Math.min(maximum, minimum + 5_000) - minimum + 1));

  function object({ properties = {}, required = [], additionalProperties, propertyNames }: Json, depth: number): Json {
    const named = Object.entries<Json>(properties).filter(([name]) => required.includes(name) || chance(0.4));
    const free = typeof additionalProperties === 'object' && depth < 4 ? many(3) : 0;
    return Object.fromEntries([
      ...named.map(([name, schema]) => [name, value(schema, depth + 1)]),
      ...Array.from({ length: free }, () => [
        propertyNames ? text(propertyNames) : pick(TEXTS, random),
        value(additionalProperties, depth + 1),
      ]),
    ]);
  }

  function value(given: Json, depth = 0): Json {
    const schema = resolve(given);
    if ('const' in schema) return schema.const;
    if (schema.anyOf) return value(pick(schema.anyOf, random), depth);
    const type = Array.isArray(schema.type) ? pick(schema.type, random) : schema.type;
    if (type === 'array') {
      const { items = {}, minItems = 0, maxItems = 3 } = schema;
      const length = Math.max(minItems, many(depth > 4 ? 0 : Math.min(maxItems, 3)));
      return Array.from({ length }, () => value(items, depth + 1));
    }
    if (type === 'object') return object(schema, depth);
    if (type === 'integer' || type === 'number') return numeric(schema);
    if (type === 'boolean') return chance(0.5);
    return type === 'null' ? null : text(schema);
  }
  return value;
}
