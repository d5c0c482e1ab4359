import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';

const FOLDER = join(import.meta.dirname, '../../../shared/specs');

type Json = { [key: string]: unknown };
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;

export interface Spec {
  /** What is wrong with `value` by the schema at `pointer` (`#/components/…`); empty when nothing is. */
  errors(pointer: string, value: unknown): string[];
  /** The object at `pointer`. */
  at(pointer: string): Record<string, unknown>;
  /** Names in `value` that the object schema at `pointer` does not declare. */
  unknownProperties(pointer: string, value: object): string[];
}

/**
 * A provider's OpenAPI document, if this checkout has the folder; `NOT_CHECKED` is what a test says if not.
 * `overlapping`: it tells its alternatives apart by a discriminator alone, so that `oneOf` fits several of them at once.
 */
export function loadSpec(file: string, overlapping = false): Spec | undefined {
  const path = join(FOLDER, file);
  if (!existsSync(path)) return undefined;
  const text = readFileSync(path, 'utf8');
  const document: Json = closeAllOf(parse(overlapping ? text.replaceAll(/\boneOf:/g, 'anyOf:') : text));
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema(document, 'spec');
  return {
    errors(pointer, value) {
      ajv.validate({ $ref: `spec${pointer}` }, value);
      return (ajv.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
    },
    at: (pointer) => resolve(document, pointer),
    unknownProperties(pointer, value) {
      const { properties } = resolve(document, pointer);
      return Object.keys(value).filter((name) => !(isObject(properties) && name in properties));
    },
  };
}

function resolve(document: Json, pointer: string): Json {
  const names = pointer
    .slice(2)
    .split('/')
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'));
  const found = names.reduce<unknown>((node, name) => (isObject(node) ? node[name] : undefined), document);
  if (!isObject(found)) throw new Error(`The specification has no ${pointer}`);
  return found;
}

export const NOT_CHECKED = 'NOT CHECKED against the specification: ../shared/specs is not beside this repository';

/**
 * Meta's document puts `additionalProperties: false` into one branch of an `allOf`, which taken literally forbids the
 * properties of the other. Meant is: nothing beyond both, so it moves up as `unevaluatedProperties`. OpenAPI 3.0 ignores
 * a `nullable` without `type`, as Sunshine's document has some; ajv refuses them.
 */
function closeAllOf<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(closeAllOf) as T;
  if (!isObject(schema)) return schema;
  const entries = Object.entries(schema)
    .filter(([key]) => key !== 'nullable' || 'type' in schema)
    .map(([key, value]) => [key, closeAllOf(value)]);
  const copy: Json = Object.fromEntries(entries);
  const { allOf } = copy;
  if (!Array.isArray(allOf) || !allOf.some((part) => part.additionalProperties === false)) return copy as T;
  const open = allOf.map((part: Json) =>
    Object.fromEntries(Object.entries(part).filter(([key]) => key !== 'additionalProperties')),
  );
  return { ...copy, allOf: open, unevaluatedProperties: false } as T;
}
