/** `npm run openapi`: writes docs/openapi.json and the schemas of events beside it. */
import { writeFileSync } from 'node:fs';
import { buildDocument } from './document.ts';
import { EVENT_SCHEMAS, jsonSchemaOf, schemaFile } from './event-schemas.ts';
import { DOCUMENT_FILE, textOf } from './file.ts';

writeFileSync(DOCUMENT_FILE, textOf(buildDocument()));
for (const [name, schema] of Object.entries(EVENT_SCHEMAS))
  writeFileSync(schemaFile(name), textOf(jsonSchemaOf(schema)));
