/** `npm run openapi`: writes docs/openapi.json and docs/event.schema.json. */
import { writeFileSync } from 'node:fs';
import { buildDocument } from './document.ts';
import { buildEventSchema, EVENT_SCHEMA_FILE } from './event-schema.ts';
import { DOCUMENT_FILE, textOf } from './file.ts';

writeFileSync(DOCUMENT_FILE, textOf(buildDocument()));
writeFileSync(EVENT_SCHEMA_FILE, textOf(buildEventSchema()));
