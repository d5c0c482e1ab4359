import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ASSETS } from '../../infra/bundle/assets.ts';
import { bundleOf } from '../../infra/bundle/bundle.ts';
import { FUNCTIONS, type FunctionName } from '../../infra/bundle/functions.ts';
import { grantsIn } from './grants.ts';
import { functionsOf, synthesize } from './synthesize.ts';

const local = synthesize('local');
const functions = functionsOf(local.service);
const { granted } = grantsIn(local);

/** What the table is asked by commands of its own. In transactions it is asked for more; the local run sees to that. */
const ALONE: Readonly<Record<string, string>> = {
  GetCommand: 'GetItem',
  BatchGetCommand: 'BatchGetItem',
  QueryCommand: 'Query',
  BatchWriteCommand: 'BatchWriteItem',
};
const PARTS: Readonly<Record<string, string>> = {
  PutCommand: 'PutItem',
  UpdateCommand: 'UpdateItem',
  DeleteCommand: 'DeleteItem',
};
const COMMAND = /lib-dynamodb\/dist-es\/commands\/(\w+)\.js$/;

/** The template's environment; what CloudFormation would fill in is an address nobody answers at. */
function environmentOf(name: string): Record<string, string> {
  const variables: Record<string, unknown> = functions.get(name)?.Properties.Environment.Variables;
  const filled = Object.entries(variables).map(([key, value]) => [
    key,
    typeof value === 'string' ? value : 'https://a.invalid/b',
  ]);
  return { ...Object.fromEntries(filled), AWS_REGION: 'eu-west-1', AWS_LAMBDA_FUNCTION_NAME: name };
}

/** Every 100 kB is about 10 ms of a cold start. api: the bar of its issue. hooks: S3's client, MIME. ingest: S3's, CSV. email: MIME, SES. */
const MAX_BYTES: Readonly<Record<FunctionName, number>> = {
  api: 620_000,
  admin: 555_000,
  bulk: 560_000,
  worker: 385_000,
  email: 720_000,
  sms: 575_000,
  whatsapp: 610_000,
  hooks: 835_000,
  sweeper: 322_000,
  publisher: 597_000,
  ingest: 780_000,
};

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

  it('carries no command that its role may not send to the table, and its role allows no others', () => {
    const { sources } = JSON.parse(readFileSync(join(bundleOf(name), 'index.mjs.map'), 'utf8'));
    const carried: string[] = sources.flatMap((source: string) => COMMAND.exec(source)?.[1] ?? []);
    const allowed = (action: string) => granted.includes(`${name} dynamodb:${action} Table`);
    for (const [command, action] of Object.entries(ALONE)) {
      expect(allowed(action), action).toBe(carried.includes(command));
    }
    for (const [command, action] of Object.entries(PARTS)) {
      if (carried.includes(command)) expect(allowed(action), action).toBe(true);
    }
  });
});
