import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { type CountryCode, getCountries, getExampleNumber } from 'libphonenumber-js/max';
import { afterAll, expect, test } from 'vitest';
import { createLean } from '../../infra/bundle/lean.ts';
import { withoutMeta } from '../../infra/bundle/left-out.ts';
import * as contracts from '../../shared/contracts/conversation-request.ts';
import * as whole from '../../shared/domain/telephone.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const examples = createRequire(import.meta.url)('libphonenumber-js/examples.mobile.json');
const folder = mkdtempSync(join(tmpdir(), 'overture-lean-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Where the module lies as functions have it. */
async function bundle(name: string): Promise<string> {
  const outfile = join(folder, `${name}.mjs`);
  await build({
    absWorkingDir: ROOT,
    entryPoints: [`${name}.ts`],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
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
