import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const VIEWER = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

/** Files that lie beside the code of a function: where each is from, by its name there. */
export const ASSETS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  admin: {
    'openapi.json': join(ROOT, 'docs', 'openapi.json'),
    'page.html': join(ROOT, 'functions', 'admin', 'docs', 'page.html'),
    'page.js': join(ROOT, 'functions', 'admin', 'docs', 'page.js'),
    'swagger-ui-bundle.js': join(VIEWER, 'swagger-ui-bundle.js'),
    'swagger-ui-bundle.js.LICENSE.txt': join(VIEWER, 'swagger-ui-bundle.js.LICENSE.txt'),
    'swagger-ui.css': join(VIEWER, 'swagger-ui.css'),
  },
};
