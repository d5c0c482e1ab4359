import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const INPUTS = ['infra', 'functions', 'shared', 'docs/openapi.json', 'package-lock.json', 'cdk.json'];
/** Runs the app here; it is no part of what the app describes. */
const NOT_INPUT = join('infra', 'local');
const HASH_FILE = 'overture-inputs.sha256';

/**
 * Synthesizes the CDK app for the stage `local` into a folder, unless nothing that it is made of has changed since it
 * was last. A run on the former assembly, and another synthesis at the same time, are not disturbed. Throws with the
 * app's own words when it fails.
 */
export async function synthesizeLocal(outDir: string): Promise<void> {
  const hashFile = join(outDir, HASH_FILE);
  const hash = hashInputs();
  if (existsSync(hashFile) && readFileSync(hashFile, 'utf8') === hash) return;
  mkdirSync(outDir, { recursive: true });
  const workDir = mkdtempSync(`${outDir}-`);
  try {
    await runApp(workDir);
    writeFileSync(join(workDir, HASH_FILE), hash);
    publish(workDir, outDir);
  } finally {
    rmSync(workDir, { recursive: true, force: true });
  }
}

/** Assets are named after their content and stay; files are replaced one by one, the hash last. */
function publish(workDir: string, outDir: string): void {
  const entries = readdirSync(workDir, { withFileTypes: true });
  const order = (name: string) => (name === HASH_FILE ? 1 : 0);
  for (const entry of entries.sort((a, b) => order(a.name) - order(b.name))) {
    const target = join(outDir, entry.name);
    if (entry.isDirectory() && existsSync(target)) continue;
    renameSync(join(workDir, entry.name), target);
  }
}

async function runApp(outDir: string): Promise<void> {
  const child = spawn(process.execPath, [join('infra', 'app.ts')], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, CDK_OUTDIR: outDir, OVERTURE_STAGE: 'local' },
  });
  let words = '';
  child.stderr.on('data', (chunk) => {
    words += chunk;
  });
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0) throw new Error(`The CDK app could not be synthesized:\n${words.trim()}`);
}

function hashInputs(): string {
  const hash = createHash('sha256');
  for (const file of INPUTS.flatMap((input) => filesUnder(join(ROOT, input))).sort()) {
    hash.update(relative(ROOT, file)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

function filesUnder(path: string): string[] {
  if (!existsSync(path) || relative(ROOT, path) === NOT_INPUT) return [];
  const entries = readdirSafely(path);
  return entries ? entries.flatMap((name) => filesUnder(join(path, name))) : [path];
}

function readdirSafely(path: string): string[] | undefined {
  try {
    return readdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}
