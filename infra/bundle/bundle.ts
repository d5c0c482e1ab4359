import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ASSETS } from './assets.ts';
import { FUNCTIONS, type FunctionName } from './functions.ts';

const BUILD = join(import.meta.dirname, 'build.ts');

let bundles: string | undefined;

/**
 * Returns the folder that holds the function's `index.mjs`, its source map, and the files that it serves.
 *
 * All functions are built by one call of esbuild, the first time one is asked for: `NodejsFunction` starts npx and
 * esbuild for each (measured side by side for seven: 6.2 s against 1.6 s), and the local run waits for it at every start.
 * In a process of its own, as synthesis cannot wait for esbuild's plugins. The maps lie beside the code and carry no
 * sources: 8 ms of a cold start for stack traces that name our files.
 */
export function bundleOf(name: FunctionName): string {
  bundles ??= buildAll();
  return join(bundles, name);
}

function buildAll(): string {
  const target = mkdtempSync(join(tmpdir(), 'overture-bundles-'));
  process.once('exit', () => rmSync(target, { recursive: true, force: true }));
  execFileSync(process.execPath, [BUILD, target], { stdio: ['ignore', 'inherit', 'inherit'] });
  for (const name of FUNCTIONS) copyAssets(name, join(target, name));
  return target;
}

/** Puts the files that a function serves into a folder. */
export function copyAssets(name: FunctionName, folder: string): void {
  for (const [file, source] of Object.entries(ASSETS[name] ?? {})) copyFileSync(source, join(folder, file));
}
