import { Ajv2020 } from 'ajv/dist/2020.js';
import { buildDocument } from '../../infra/openapi/document.ts';
import { textOf } from '../../infra/openapi/file.ts';
import type { Answer } from './api-world.ts';

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

/** Headers that mean something to clients, besides those of HTTP. */
const TELLING = /^(x-|idempotency-|link$|retry-after$)/;

/** Says where an answer is not as the document has it: its status, its headers, its body, the code of a refusal. */
export function createAnswerCheck(options: { closed: boolean }) {
  const check = createChecker(options);
  const differences = (described: Described, { status, headers, body }: Answer): string[] => {
    const response = resolve(described.operation.responses[status]);
    if (!response) return [`no status ${status} is known: ${JSON.stringify(body)}`];
    const known = Object.keys(response.headers ?? {}).map((name) => name.toLowerCase());
    const unknown = Object.keys(headers).filter((name) => TELLING.test(name) && !known.includes(name));
    const content = contentOf(described, status);
    const code = status < 400 || body?.error?.code in content.examples ? [] : [`no code ${body?.error?.code} is known`];
    const wrong = content ? check(content.schema, body) : body === undefined ? [] : ['there is a body'];
    return [...unknown.map((name) => `no header ${name} is known`), ...code, ...wrong];
  };
  return { differences };
}

const pointed = (schema: Json): Json =>
  JSON.parse(JSON.stringify(schema), (key, value) => (key === '$ref' ? `openapi${value}` : value));

const close = (schema: Json): Json =>
  JSON.parse(JSON.stringify(schema), (_, value) =>
    typeof value?.properties === 'object' && value.additionalProperties === undefined
      ? { ...value, additionalProperties: false }
      : value,
  );
