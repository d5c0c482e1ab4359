import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { type CountryCode, getCountries, getExampleNumber } from 'libphonenumber-js/max';
import { afterAll, expect, test } from 'vitest';
import { createLean } from '../../infra/bundle/lean.ts';
import { withoutMeta } from '../../infra/bundle/left-out.ts';
import * as contracts from '../../shared/contracts/conversation-request.ts';
import * as whole from '../../shared/domain/telephone.ts';

// biome-ignore lint/suspicious/noExplicitAny: of a bundle nobody knows the types
type Anything = any;

const ROOT = join(import.meta.dirname, '..', '..');
const examples = createRequire(import.meta.url)('libphonenumber-js/examples.mobile.json');
const folder = mkdtempSync(join(tmpdir(), 'overture-lean-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Where the module lies as functions have it. */
const bundle = (name: string): Promise<string> => bundled(name, { entryPoints: [`${name}.ts`] });

async function bundled(name: string, what: Pick<BuildOptions, 'entryPoints' | 'stdin'>): Promise<string> {
  const outfile = join(folder, `${name}.mjs`);
  await build({
    absWorkingDir: ROOT,
    ...what,
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    mainFields: ['module', 'main'],
    plugins: [createLean().plugin],
  });
  return outfile;
}

/** Numbers that may or may not be valid: every digit of a country's example replaced by every other. */
function neighbours(country: CountryCode): string[] {
  const example = String(getExampleNumber(country, examples)?.nationalNumber ?? '12025550123');
  const replaced = [...example].flatMap((_, place) =>
    Array.from({ length: 10 }, (_, digit) => example.slice(0, place) + digit + example.slice(place + 1)),
  );
  return [example, `0${example}`, example.slice(1), `${example}0`, ...replaced];
}

test('a telephone number is read alike with and without what bundles leave out, in every country', async () => {
  const { parseTelephone }: typeof whole = await import(pathToFileURL(await bundle('shared/domain/telephone')).href);
  for (const country of getCountries()) {
    for (const number of neighbours(country)) {
      for (const written of [number, `+${whole.parseTelephone(number, country).ok ? number : `1${number}`}`]) {
        expect(parseTelephone(written, country)).toEqual(whole.parseTelephone(written, country));
      }
    }
  }
}, 60_000);

test.each([
  { profile: { email: 'jo@example.com' }, messages: [{ text: 'Hello', role: 'agent', touchpoint: 'email' }] },
  { profile: { telephone: '+31612345678', name: 'Jo' }, messages: [{ text: 'Hi', delay: 5 }], user: 'not an id' },
  { profile: { email: 7 }, messages: [{ text: 'x'.repeat(99_999), role: 'king', meta: { a: { b: { c: 1 } } } }] },
  { messages: 'none' },
])('a request is read alike with and without what is told of its schema: %j', async (body) => {
  const file = await bundle('shared/contracts/conversation-request');
  const { StartConversationSchema }: typeof contracts = await import(pathToFileURL(file).href);
  const read = StartConversationSchema.safeParse(body);
  const wanted = contracts.StartConversationSchema.safeParse(body);
  expect(read.data).toEqual(wanted.data);
  expect(read.error?.issues).toEqual(wanted.error?.issues);
});

test.each([
  ["z.string().meta({ description: 'What it is.' }).max(3)", 'z.string().max(3)'],
  ["list.meta({ description: 'One) of them, it\\'s (so' })", 'list'],
  ['text.meta({ description: "It\'s :)", id: name(of(`it (`)) })', 'text'],
  [
    'z\n  .string()\n  .meta({\n    // Not ) here.\n    id: "Name",\n  })\n  .min(1)',
    'z\n  .string()\n  \n\n\n\n  .min(1)',
  ],
  ['one.meta({ id: "One" }).or(two.meta({ id: "Two" }))', 'one.or(two)'],
  ['message.meta', 'message.meta'],
])('what is told of a schema is cut out of %j and nothing else, line for line', (source, left) => {
  expect(withoutMeta(source)).toBe(left);
});

test('a call whose end is not found ends the build', () => {
  expect(() => withoutMeta("z.string().meta({ id: 'Name' }")).toThrow('has no end');
});

/** Every error that a client of the SDK knows, from its own file of schemas. */
const errorsOf = (client: string): string[] => {
  const schemas = join(ROOT, 'node_modules', client, 'dist-es', 'schemas', 'schemas_0.js');
  return [...readFileSync(schemas, 'utf8').matchAll(/n0_registry\.registerError\(\w+\$, (\w+)\);/g)].map(
    ([, name = '']) => name,
  );
};

/** Answers each command with the error that its `x-error` names, and counts what it is asked. */
async function startFailing() {
  const asked = new Map<string, number>();
  const server = createServer((request, response) => {
    request.resume();
    const [id = '', name = ''] = String(request.headers['x-error']).split(' ');
    asked.set(id, (asked.get(id) ?? 0) + 1);
    const status = /Internal|Service/.test(name) ? 500 : 400;
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': 'a-request' });
    response.end(
      JSON.stringify({ __type: `com.amazonaws.any#${name}`, message: `${name}, in words.`, Reason: 'a reason' }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { asked, endpoint: `http://127.0.0.1:${port}`, stop: () => server.close() };
}

const CLIENTS = [
  ['@aws-sdk/client-dynamodb', 'DynamoDBClient', 'GetItemCommand', { TableName: 'T', Key: { pk: { S: 'p' } } }],
  ['@aws-sdk/client-sqs', 'SQSClient', 'SendMessageCommand', { QueueUrl: 'https://queue.invalid/q', MessageBody: 'b' }],
  ['@aws-sdk/client-secrets-manager', 'SecretsManagerClient', 'GetSecretValueCommand', { SecretId: 's' }],
] as const;

test.each(CLIENTS)(
  'an error of %s has the same name, words and fault, and is tried again as often',
  async (client, maker, command, input) => {
    const file = await bundled(client, {
      stdin: { contents: `export { ${maker}, ${command} } from '${client}';`, resolveDir: ROOT },
    });
    const failing = await startFailing();
    const errors = errorsOf(client);
    expect(errors.length).toBeGreaterThan(5);

    async function outcomeOf(module: Anything, id: string, name: string) {
      const made = new module[maker]({
        region: 'eu-west-1',
        endpoint: failing.endpoint,
        credentials: { accessKeyId: 'a', secretAccessKey: 's' },
        maxAttempts: 2,
      });
      made.middlewareStack.add(
        (next: Anything) => (args: Anything) => {
          args.request.headers['x-error'] = `${id} ${name}`;
          return next(args);
        },
        { step: 'build' },
      );
      const error = await made.send(new module[command](input)).catch((thrown: unknown) => thrown);
      made.destroy();
      const { message, $fault, $metadata, $service, Reason } = error;
      return {
        name: error.name,
        message,
        $fault,
        $service,
        Reason,
        status: $metadata.httpStatusCode,
        attempts: $metadata.attempts,
        asked: failing.asked.get(id),
      };
    }

    const [lean, whole] = await Promise.all([import(pathToFileURL(file).href), import(client)]);
    await Promise.all(
      errors.map(async (name) => {
        const [left, given] = await Promise.all([
          outcomeOf(lean, `lean-${name}`, name),
          outcomeOf(whole, `whole-${name}`, name),
        ]);
        expect(left, name).toEqual(given);
        expect(left.name).toBe(name);
      }),
    );
    failing.stop();
  },
);
