import { Ajv2020 } from 'ajv/dist/2020.js';
import { buildDocument } from '../../infra/openapi/document.ts';
import { textOf } from '../../infra/openapi/file.ts';

// biome-ignore lint/suspicious/noExplicitAny: the document is read as any JSON
type Json = any;

/** The OpenAPI document as it is now, whatever the file says. */
export const document: Json = JSON.parse(textOf(buildDocument()));

/** What a reference leads to; anything else as it is. */
export const resolve = (value: Json): Json =>
  typeof value?.$ref !== 'string'
    ? value
    : value.$ref
        .slice(2)
        .split('/')
        .reduce((node: Json, name: string) => node[name], document);

export interface Described {
  /** `POST /v2/conversations`. */
  readonly name: string;
  readonly method: string;
  /** With `{id}` for what varies. */
  readonly path: string;
  readonly operation: Json;
}

export const operations: readonly Described[] = Object.entries<Json>(document.paths).flatMap(([path, item]) =>
  Object.entries<Json>(item).map(([method, operation]) => ({
    name: `${method.toUpperCase()} ${path}`,
    method: method.toUpperCase(),
    path,
    operation,
  })),
);

/** The JSON that an operation answers a status with: schema and examples; undefined where it says nothing of it. */
export const contentOf = ({ operation }: Described, status: number): Json =>
  resolve(operation.responses[status])?.content?.['application/json'];

/** Checks values against schemas of the document; `closed` refuses what an object does not name. */
export function createChecker({ closed }: { closed: boolean }): (schema: Json, value: unknown) => string[] {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  const prepared = (schema: Json): Json => (closed ? close(schema) : schema);
  ajv.addSchema({ $id: 'openapi', components: prepared(document.components) });
  const checks = new Map<Json, ReturnType<typeof ajv.compile>>();
  return (schema, value) => {
    const check = checks.get(schema) ?? ajv.compile(pointed(prepared(schema)));
    checks.set(schema, check);
    return check(value)
      ? []
      : (check.errors ?? []).map(
          ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
        );
  };
}

const pointed = (schema: Json): Json =>
  JSON.parse(JSON.stringify(schema), (key, value) => (key === '$ref' ? `openapi${value}` : value));

const close = (schema: Json): Json =>
  JSON.parse(JSON.stringify(schema), (_, value) =>
    typeof value?.properties === 'object' && value.additionalProperties === undefined
      ? { ...value, additionalProperties: false }
      : value,
  );
