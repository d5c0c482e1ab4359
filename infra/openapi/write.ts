/** `npm run openapi`: writes docs/openapi.json. */
import { writeFileSync } from 'node:fs';
import { buildDocument } from './document.ts';
import { DOCUMENT_FILE, textOf } from './file.ts';

writeFileSync(DOCUMENT_FILE, textOf(buildDocument()));
