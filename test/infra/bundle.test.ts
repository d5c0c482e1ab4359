import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { ASSETS } from '../../infra/bundle/assets.ts';
import { bundleOf } from '../../infra/bundle/bundle.ts';
import { FUNCTIONS, type FunctionName } from '../../infra/bundle/functions.ts';
import { functionsOf, synthesize } from './synthesize.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const functions = functionsOf(synthesize('local').service);

/** The template's environment; what CloudFormation would fill in is an address nobody answers at. */
function environmentOf(name: string): Record<string, string> {
  const variables: Record<string, unknown> = functions.get(name)?.Properties.Environment.Variables;
  const filled = Object.entries(variables).map(([key, value]) => [
    key,
    typeof value === 'string' ? value : 'https://a.invalid/b',
  ]);
  return { ...Object.fromEntries(filled), AWS_REGION: 'eu-west-1', AWS_LAMBDA_FUNCTION_NAME: name };
}

/** Every 100 kB is about 10 ms of a cold start. api: all of the contracts. hooks: S3's client, MIME. ingest: S3's, CSV. email: MIME, SES. */
const MAX_BYTES: Readonly<Record<FunctionName, number>> = {
  api: 720_000,
  bulk: 590_000,
  worker: 410_000,
  email: 745_000,
  sms: 600_000,
  whatsapp: 635_000,
  hooks: 860_000,
  sweeper: 345_000,
  publisher: 620_000,
  ingest: 810_000,
};

// Vitest ends its workers without the exit event on which the folder is otherwise removed.
afterAll(() => rmSync(dirname(bundleOf('api')), { recursive: true, force: true }));

describe.each(FUNCTIONS)('the bundle of %s', (name) => {
  it('loads by itself under Node, as an ES module that exports a handler', () => {
    const url = pathToFileURL(join(bundleOf(name), 'index.mjs')).href;
    const script = `import(${JSON.stringify(url)}).then(({ handler }) => process.stdout.write(typeof handler))`;
    expect(execFileSync(process.execPath, ['-e', script], { env: environmentOf(name), encoding: 'utf8' })).toBe(
      'function',
    );
  });

  it('is code, a source map without sources and what it serves, and small enough to start fast', () => {
    const files = ['index.mjs', 'index.mjs.map', ...Object.keys(ASSETS[name] ?? {})];
    expect(readdirSync(bundleOf(name)).sort()).toEqual(files.sort());
    expect(statSync(join(bundleOf(name), 'index.mjs')).size).toBeLessThan(MAX_BYTES[name]);
    const map = JSON.parse(readFileSync(join(bundleOf(name), 'index.mjs.map'), 'utf8'));
    expect(map.sourcesContent).toBeUndefined();
    expect(map.sources).toContain(`../functions/${name}/handler.ts`);
  });
});

const COMMAND = /\/(@aws-sdk\/client-[a-z0-9-]+)\/dist-es\/commands\/(\w+)\.js$/;
const EVENT_STREAM = Symbol.for('@smithy/op-event-stream');
const ofDynamoDb = createRequire(createRequire(import.meta.url).resolve('@aws-sdk/client-dynamodb'));
const { endpointDiscoveryMiddlewareOptions: discovery, getEndpointDiscoveryPlugin } = ofDynamoDb(
  '@aws-sdk/middleware-endpoint-discovery',
);

/** The files that bundles are made of. */
const carried = new Set(
  FUNCTIONS.flatMap((name): string[] => {
    const map = JSON.parse(readFileSync(join(bundleOf(name), 'index.mjs.map'), 'utf8'));
    return map.sources.map((source: string) => join(ROOT, name, source));
  }),
);
/** The commands in them, which must not miss what is left out of the SDK (`infra/bundle/lean.ts`). */
const commands = [...carried].flatMap((file) => {
  const [, client, command] = COMMAND.exec(file) ?? [];
  return client && command ? [[command, client] as const] : [];
});

/** The command as it is just before it is sent. */
async function prepared(command: string, client: string) {
  const module = await import(client);
  const name = Object.keys(module).find((key) => /^[A-Z]\w*Client$/.test(key)) ?? '';
  const { middlewareStack, config } = new module[name]({ region: 'eu-west-1' });
  const asked = new module[command]({});
  asked.resolveMiddleware(middlewareStack, config, {});
  return asked;
}
const stepsOf = (command: { middlewareStack: { identify(): string[] } }) =>
  command.middlewareStack.identify().map((step) => step.split(' ')[0]);

it.each(commands)('%s of %s asks no cache for its endpoint and streams no events', async (command, client) => {
  const asked = await prepared(command, client);
  expect(stepsOf(asked)).not.toContain(discovery.name);
  expect(asked.schema[EVENT_STREAM]).toBe(false);
});

it('a command that asks the cache, or streams events, would be seen', async () => {
  expect(commands).toContainEqual(['UpdateItemCommand', '@aws-sdk/client-dynamodb']);
  const streaming = await prepared('SelectObjectContentCommand', '@aws-sdk/client-s3');
  expect(streaming.schema[EVENT_STREAM]).toBe(true);
  streaming.middlewareStack.use(getEndpointDiscoveryPlugin({}, {}));
  expect(stepsOf(streaming)).toContain(discovery.name);
});

it('clients read their version in their package.json, and nothing else', () => {
  const reads = [...carried].flatMap((file) => {
    const source = readFileSync(file, 'utf8');
    const [, name] = /^import (\w+) from "\.\.\/package\.json"/m.exec(source) ?? [];
    return name ? [...source.matchAll(new RegExp(`\\b${name}\\b(?! from)\\S*`, 'g'))].map(([read]) => read) : [];
  });
  expect(new Set(reads)).toEqual(new Set(['packageInfo.version']));
});
