/**
 * `npm run smoke -- --outputs <file>` (of `cdk deploy --outputs-file`) or `-- --url <API>`: whether a deployment
 * answers at all. Needs no account: it asks for what must be refused, each by another part of the installation.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import * as z from 'zod';

interface Check {
  /** What answers as expected only when it works. */
  readonly shows: string;
  readonly path: string;
  readonly authorization?: string;
  readonly status: number;
  readonly code: string;
}

const NO_ID = '0'.repeat(24);
const STRANGERS_TOKEN = `Bearer ${btoa('{"alg":"HS256","typ":"JWT"}')}.${btoa('{}')}.${'A'.repeat(43)}`;

const CHECKS: readonly Check[] = [
  { shows: 'the front door and api', path: `/v2/messages/${NO_ID}`, status: 401, code: 'unauthorized' },
  {
    shows: 'the token key',
    path: `/v2/messages/${NO_ID}`,
    authorization: STRANGERS_TOKEN,
    status: 401,
    code: 'unauthorized',
  },
  {
    shows: 'admin',
    path: '/v2/services',
    authorization: STRANGERS_TOKEN,
    status: 401,
    code: 'unauthorized',
  },
  { shows: 'hooks and the table', path: `/v2/hooks/twilio/${NO_ID}`, status: 404, code: 'not_found' },
];

const outputs = z.record(z.string(), z.looseObject({ ApiUrl: z.url().optional() }));
const refusal = z.object({ error: z.object({ code: z.string() }) });

/** Asks a deployed API for what it must refuse. Throws one sentence that names what does not work. */
export async function smoke(url: string): Promise<readonly string[]> {
  for (const check of CHECKS) await ask(url, check);
  return CHECKS.map(({ shows }) => shows);
}

async function ask(url: string, { shows, path, authorization, status, code }: Check): Promise<void> {
  const answer = await fetch(`${url}${path}`, {
    method: path.startsWith('/v2/hooks') ? 'POST' : 'GET',
    headers: authorization === undefined ? {} : { authorization },
    signal: AbortSignal.timeout(30_000),
  }).catch((error: Error) => {
    throw new Error(`Nothing answers at ${url}: ${error.message}.`);
  });
  const body = refusal.safeParse(await answer.json().catch(() => undefined));
  if (answer.status === status && body.data?.error.code === code) return;
  throw new Error(`${shows}: ${path} answered ${answer.status} ${body.data?.error.code ?? ''}, not ${status} ${code}.`);
}

/** The API's address in what `cdk deploy` wrote. Throws one sentence when it is not there. */
export function apiUrlIn(file: string): string {
  const stacks = outputs.parse(JSON.parse(readFileSync(file, 'utf8')));
  const url = Object.values(stacks).find(({ ApiUrl }) => ApiUrl)?.ApiUrl;
  if (url) return url;
  throw new Error(`There is no ApiUrl in ${file}.`);
}

async function main(): Promise<string> {
  const { values } = parseArgs({ options: { outputs: { type: 'string' }, url: { type: 'string' } } });
  const url = values.url ?? (values.outputs === undefined ? undefined : apiUrlIn(values.outputs));
  if (!url) throw new Error('Say where: npm run smoke -- --outputs <file>, or --url <API>.');
  return `${url} works: ${(await smoke(url)).join(', ')}.`;
}

if (import.meta.main) {
  await main().then(console.log, (error: Error) => {
    console.error(error.message);
    process.exit(1);
  });
}
