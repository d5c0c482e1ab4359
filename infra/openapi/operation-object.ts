import * as z from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiRequestBodyObject, ZodOpenApiResponseObject } from 'zod-openapi';
import { ObjectIdSchema } from '../../shared/contracts/conversation-request.ts';
import type { Answer, Operation } from '../../shared/http/operation.ts';
import { ANSWER_HEADERS, REQUEST_HEADERS } from './headers.ts';
import { codesOf, type Refusals } from './refusals.ts';
import type { DescribedRoute } from './routes.ts';

const ID = ObjectIdSchema.meta({ description: 'Its id: 24 hexadecimal digits.' });

/** The OpenAPI object of a route: what its operation says, and what follows from its row in the route table. */
export const operationObject = (
  route: DescribedRoute,
  operation: Operation,
  refusals: Refusals,
): ZodOpenApiOperationObject => ({
  operationId: operationIdOf(route),
  tags: [tagOf(route)],
  summary: operation.summary,
  ...(operation.description !== undefined && { description: operation.description }),
  security: route.scope === 'none' ? [] : [{ bearer: [route.scope] }],
  requestParams: {
    ...(namesIn(route).length > 0 && { path: z.object(paramsOf(route, operation)) }),
    ...(operation.query && { query: operation.query }),
    ...(operation.headers && { header: z.object(pick(REQUEST_HEADERS, operation.headers)) }),
  },
  ...(operation.body && { requestBody: bodyOf(operation.body, operation.examples) }),
  responses: { ...answersOf(operation), ...refusals(codesOf(route, operation)) },
});

/** `/v2/messages/{id}` of `/v2/messages/:id`. */
export const pathOf = ({ path }: Pick<DescribedRoute, 'path'>): string => path.replace(/:(\w+)/g, '{$1}');

/** The resource, which is the second part of the path. */
export const tagOf = ({ path }: Pick<DescribedRoute, 'path'>): string => path.split('/')[2] ?? '';

/** `postConversationsIdMessages`. */
const operationIdOf = ({ method, path }: DescribedRoute): string =>
  method.toLowerCase() + [...path.replace('/v2', '').matchAll(/\w+/g)].map(([word]) => capitalised(word)).join('');
const capitalised = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

const namesIn = ({ path }: DescribedRoute): string[] => [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);

function paramsOf(route: DescribedRoute, { params }: Operation): Record<string, z.ZodType> {
  const schemaOf = (name: string): z.ZodType => {
    const schema = params?.[name] ?? (name === 'id' ? ID : undefined);
    if (!schema) throw new Error(`The operation of ${route.method} ${route.path} does not say what ${name} is`);
    return schema;
  };
  return Object.fromEntries(namesIn(route).map((name) => [name, schemaOf(name)]));
}

const bodyOf = (schema: z.ZodType, examples: Operation['examples']): ZodOpenApiRequestBodyObject => ({
  required: true,
  content: { 'application/json': { schema, ...(examples && { examples: examplesOf(examples) }) } },
});

const examplesOf = (examples: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(examples).map(([name, value]) => [name, { value }]));

const answersOf = ({ answers }: Operation): Record<string, ZodOpenApiResponseObject> =>
  Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, answerObject(answer)]));

const answerObject = ({ description, schema, headers, example }: Answer): ZodOpenApiResponseObject => ({
  description,
  ...(headers && { headers: z.object(pick(ANSWER_HEADERS, headers)) }),
  ...(schema && { content: { 'application/json': { schema, ...(example !== undefined && { example }) } } }),
});

const pick = <K extends string>(from: Readonly<Record<K, z.ZodType>>, names: readonly K[]): Record<string, z.ZodType> =>
  Object.fromEntries(names.map((name) => [name, from[name]]));
