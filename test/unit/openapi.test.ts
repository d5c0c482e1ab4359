import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EVENT_SCHEMAS, jsonSchemaOf, schemaFile } from '../../infra/openapi/event-schemas.ts';
import { DOCUMENT_FILE, textOf } from '../../infra/openapi/file.ts';
import { OPERATIONS, ROUTES } from '../../infra/openapi/routes.ts';
import { contentOf, createChecker, document, operations, resolve } from '../support/openapi.ts';

// biome-ignore lint/suspicious/noExplicitAny: the document is read as any JSON
type Json = any;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/** Every object that has fields, with its place: those within others too. */
function* objectsIn(value: Json, place = '#'): Generator<readonly [string, Json]> {
  for (const [key, inner] of Object.entries(value)) {
    if (!isObject(inner) || key === 'example' || key === 'examples') continue;
    if (isObject(inner.properties)) yield [`${place}/${key}`, inner];
    yield* objectsIn(inner, `${place}/${key}`);
  }
}

const check = createChecker({ closed: false });

it.each(Object.entries(EVENT_SCHEMAS))('docs/%s is the schema as it is; npm run openapi writes it', (name, schema) => {
  expect(readFileSync(schemaFile(name), 'utf8')).toBe(textOf(jsonSchemaOf(schema)));
});

describe('the OpenAPI document', () => {
  it('stands in docs/openapi.json as it is; npm run openapi writes it', () => {
    expect(readFileSync(DOCUMENT_FILE, 'utf8')).toBe(textOf(document));
  });

  it('has an operation for every route, and none besides', () => {
    expect(Object.keys(OPERATIONS).sort()).toEqual(ROUTES.map(({ method, path }) => `${method} ${path}`).sort());
  });

  it('asks for a body where the route takes one, and only there', () => {
    const taking = ROUTES.filter(({ body }) => body).map(({ method, path }) => `${method} ${path}`);
    const asking = Object.entries(OPERATIONS).filter(([, { body }]) => body);
    expect(asking.map(([name]) => name).sort()).toEqual(taking.sort());
  });

  it('describes every field', () => {
    const bare = [...objectsIn(document)].flatMap(([place, { properties }]) =>
      Object.entries<Json>(properties)
        .filter(([, field]) => !field.description && !field.$ref)
        .map(([name]) => `${place}/properties/${name}`),
    );
    expect(bare).toEqual([]);
  });

  it('describes every parameter and every header', () => {
    const named = operations.flatMap(({ name, operation: { parameters = [], responses } }) => [
      ...parameters.map((parameter: Json) => [`${name} ${parameter.name}`, parameter.description]),
      ...Object.values<Json>(responses).flatMap((response) =>
        Object.entries<Json>(resolve(response).headers ?? {}).map(([header, { description }]) => [
          `${name} ${header}`,
          description,
        ]),
      ),
    ]);
    expect(named.filter(([, description]) => !description)).toEqual([]);
  });

  it.each(operations)('shows of $name only what its own schemas take', (described) => {
    const { requestBody, responses } = described.operation;
    const contents = [
      requestBody?.content['application/json'],
      ...Object.keys(responses).map((status) => contentOf(described, Number(status))),
    ].filter((content) => content !== undefined);
    const shown = contents.flatMap(({ schema, example, examples = {} }) => [
      ...(example ? [{ schema, value: example }] : []),
      ...Object.values<Json>(examples).map((given) => ({ schema, value: resolve(given).value })),
    ]);
    expect(shown.length, 'at least its errors').toBeGreaterThan(0);
    expect(shown.flatMap(({ schema, value }) => check(schema, value))).toEqual([]);
  });

  it.each(operations)('says of $name which scope it needs, and what is answered otherwise', ({ name, operation }) => {
    const { scope } = ROUTES.find((route) => `${route.method} ${route.path.replace(/:(\w+)/g, '{$1}')}` === name) ?? {};
    expect(operation.security).toEqual(scope === 'none' ? [] : [{ bearer: [scope] }]);
    expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['401', '500']));
  });
});
