// Runs a package binary or a script on Node 24, whatever Node the user has: `node with-node.mjs vitest run`.
// Parses on any Node ≥ 18. The Node comes from the platform package of optionalDependencies, locked by integrity.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const WANTED_MAJOR = 24;
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const require = createRequire(join(root, 'package.json'));
const BINARIES = { cdk: 'aws-cdk', tsc: 'typescript', biome: '@biomejs/biome' };

const fail = (message) => {
  console.error(message);
  process.exit(1);
};

function findNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major === WANTED_MAJOR) return process.execPath;
  const windows = process.platform === 'win32';
  const name = `node-${windows ? 'win' : process.platform}-${process.arch}`;
  try {
    const bin = join(dirname(require.resolve(`${name}/package.json`)), 'bin', windows ? 'node.exe' : 'node');
    if (existsSync(bin)) return bin;
  } catch {
    // Not published for this platform, or skipped at install: the user's own Node may do.
  }
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  return fail(
    `Overture runs on Node 24 (22.18 or later will do). You have ${process.version}, and no bundled Node for ` +
      `${process.platform}-${process.arch} is installed. Run "npm ci" without --omit=optional, or install Node 24.`,
  );
}

/** A package's JavaScript entry, found without the .bin shims, which npm 10 sometimes leaves out. */
function resolveBinary(command) {
  const name = BINARIES[command] ?? command;
  const manifest = join(root, 'node_modules', name, 'package.json');
  if (!existsSync(manifest)) return fail(`${name} is not installed. Run "npm ci" first.`);
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8'));
  return join(dirname(manifest), typeof bin === 'string' ? bin : (bin[command] ?? Object.values(bin)[0]));
}

/** What Node compiled once it does not compile again: a local run starts in two thirds of the time. */
const COMPILED = process.env.NODE_COMPILE_CACHE ?? join(root, 'node_modules', '.cache', 'node');

const [command, ...args] = process.argv.slice(2);
if (!command) fail('Usage: node with-node.mjs <package binary | script> [arguments]');
const isScript = /\.[mc]?[jt]s$/.test(command);
const node = findNode();
const child = spawn(node, [isScript ? command : resolveBinary(command), ...args], {
  stdio: 'inherit',
  env: {
    ...process.env,
    NODE: node,
    NODE_COMPILE_CACHE: COMPILED,
    PATH: `${dirname(node)}${delimiter}${process.env.PATH}`,
  },
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
