import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { type CountryCode, getCountries, getExampleNumber } from 'libphonenumber-js/max';
import { afterAll, expect, test } from 'vitest';
import { createLean } from '../../infra/bundle/lean.ts';
import * as whole from '../../shared/domain/telephone.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const examples = createRequire(import.meta.url)('libphonenumber-js/examples.mobile.json');
const folder = mkdtempSync(join(tmpdir(), 'overture-lean-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The module as functions have it. */
async function bundled(): Promise<typeof whole> {
  const outfile = join(folder, 'telephone.mjs');
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['shared/domain/telephone.ts'],
    outfile,
    bundle: true,
    format: 'esm',
    plugins: [createLean().plugin],
  });
  return import(pathToFileURL(outfile).href);
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
  const { parseTelephone } = await bundled();
  for (const country of getCountries()) {
    for (const number of neighbours(country)) {
      for (const written of [number, `+${whole.parseTelephone(number, country).ok ? number : `1${number}`}`]) {
        expect(parseTelephone(written, country)).toEqual(whole.parseTelephone(written, country));
      }
    }
  }
}, 60_000);
