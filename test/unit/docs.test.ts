import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ERROR_STATUS } from '../../shared/domain/errors.ts';

const doc = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'errors.md'), 'utf8');

it.for(Object.entries(ERROR_STATUS))('lists the code %s with its status %i in docs/errors.md', ([code, status]) => {
  expect(doc).toContain(`| \`${code}\` | ${status} |`);
});
