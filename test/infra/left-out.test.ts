import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bundleOf } from '../../infra/bundle/bundle.ts';
import { FUNCTIONS } from '../../infra/bundle/functions.ts';
import { ERRORS_TOLD_APART } from '../../infra/bundle/left-out.ts';

const ROOT = join(import.meta.dirname, '..', '..');
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

it('errors are told apart by a class only where bundles have it', () => {
  const imports = /^import (?:type )?\{([^}]+)\} from '@aws-sdk\/client-(?:dynamodb|sqs|secrets-manager)';/gm;
  const ours = [...carried].filter((file) => !file.includes('node_modules'));
  const imported = ours.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(imports)].flatMap(([, names = '']) =>
      names.split(',').map((name) => name.trim()),
    ),
  );
  const errors = imported.filter((name) => /Exception$|Error$|Exceeded$|^QueueD|^Invalid/.test(name));
  expect(new Set(errors)).toEqual(new Set(ERRORS_TOLD_APART));
});
