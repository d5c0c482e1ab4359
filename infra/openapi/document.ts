import { createDocument } from 'zod-openapi';
import { SCOPES } from '../../shared/auth/scopes.ts';
import { readErrorTable } from './error-table.ts';
import { operationObject, pathOf, tagOf } from './operation-object.ts';
import { createRefusals, type Refusals } from './refusals.ts';
import { OPERATIONS, ROUTES } from './routes.ts';
import { leaveOpen, withoutNull } from './schemas.ts';

const ABOUT = `Business-initiated conversations: find or create a person by email or telephone, keep one conversation
with them, and deliver messages in order by email, SMS or WhatsApp.

- Every request but the login carries \`Authorization: Bearer <token>\`. Scopes are ${SCOPES.join(' < ')}; each includes
  those before it.
- A token reaches the organizations of its user, and those below. What it does not reach is answered 404, like what
  does not exist.
- Times are ISO 8601 in UTC, ids 24 hexadecimal digits. Fields that are not known are ignored; fields of the wrong type
  are refused with their path. Answers may get more fields.
- Workflows, forms, bots and other resources of the reference product that are not here answer 404 \`not_supported\`.`;

export type Document = ReturnType<typeof createDocument>;

/**
 * The OpenAPI document of the API, made of the route table, the operations and the contracts. Throws for a route without
 * an operation.
 */
export function buildDocument(): Document {
  const whenOf = readErrorTable();
  const document = createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'Overture',
        version: '2',
        description: ABOUT,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/', description: 'The installation that serves this document.' }],
      tags: [...new Set(ROUTES.map(tagOf))].map((name) => ({ name })),
      paths: pathsOf(createRefusals(whenOf)),
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'From `POST /v2/auth/token`.' },
        },
        examples: Object.fromEntries(Object.entries(whenOf).map(([code, when]) => [code, exampleOf(code, when)])),
      },
    },
    { allowEmptySchema: { undefined: true }, override: leaveOpen },
  );
  return withoutNull(document);
}

const exampleOf = (code: string, when: string) => ({
  summary: when,
  value: { error: { code, message: 'For people.', details: [] } },
});

function pathsOf(refusals: Refusals) {
  const paths: Record<string, Record<string, ReturnType<typeof operationObject>>> = {};
  for (const route of ROUTES) {
    const operation = OPERATIONS[`${route.method} ${route.path}`];
    if (!operation) throw new Error(`There is no operation for ${route.method} ${route.path}`);
    const path = pathOf(route);
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationObject(route, operation, refusals) };
  }
  return paths;
}
