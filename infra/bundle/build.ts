/** `node build.ts <folder>`: puts the bundle of every function and its source map into `<folder>/<function>`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';
import { FUNCTIONS } from './functions.ts';
import { createLean } from './lean.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const [target = ''] = process.argv.slice(2);

const lean = createLean();
const { outputFiles } = await build({
  absWorkingDir: ROOT,
  entryPoints: FUNCTIONS.map((name) => ({ in: `functions/${name}/handler.ts`, out: `${name}/index` })),
  // Only names files: paths in source maps stay the same on every machine, and with them the asset's hash.
  outdir: ROOT,
  write: false,
  bundle: true,
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  platform: 'node',
  target: 'node24',
  mainFields: ['module', 'main'],
  alias: { '@aws-sdk/credential-provider-node': join(ROOT, 'shared/runtime/environment-credentials.ts') },
  plugins: [lean.plugin],
  minify: true,
  legalComments: 'none',
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'error',
});
if (lean.unused().length > 0) throw new Error(`Left out of no bundle, look where it went: ${lean.unused().join(', ')}`);
for (const file of outputFiles) {
  const folder = join(target, basename(dirname(file.path)));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, basename(file.path)), file.contents);
}
