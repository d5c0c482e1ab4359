import { join } from 'node:path';

/** The document as a file of the repository. */
export const DOCUMENT_FILE = join(import.meta.dirname, '..', '..', 'docs', 'openapi.json');

export const textOf = (document: object): string => `${JSON.stringify(document, null, 2)}\n`;
