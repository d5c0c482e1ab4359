/**
 * `npm run bench`: does a flood by one organization slow another? Starts 200 single conversations of one organization,
 * alone and then beside 2,000 starts of another, with providers that take 50 ms, and compares how long each took from
 * the request to the provider. Figures are ratios of one run on one machine.
 */
import { startDoubles } from '../../infra/local/doubles/start.ts';
import { type Client, startClient } from '../support/overture.ts';

const SINGLES = 200;
const FLOOD = 2000;
const FLOOD_CLIENTS = 8;
const SINGLE_EVERY_MS = 100;
const LATENCY_MS = 50;
const QUIET = '6663a1f684ba342816c4b7c4';
const LOUD = 'aaa111111111111111111222';

async function start(client: Client, organization: string, telephone: string): Promise<void> {
  const { status, body } = await client.post('/v2/conversations', {
    organization,
    type: 'contact',
    contact: { profile: { telephone } },
    messages: [{ text: 'Hello!', touchpoint: 'sms', role: 'agent' }],
  });
  if (status !== 201) throw new Error(`A start was answered ${status}: ${JSON.stringify(body)}`);
}

const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? 0;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Milliseconds from request to provider, of single starts at a steady pace. */
async function measureSingles(client: Client, prefix: string): Promise<number[]> {
  const asked = new Map<string, number>();
  for (let index = 0; index < SINGLES; index++) {
    const telephone = `${prefix}${String(index).padStart(4, '0')}`;
    asked.set(telephone, Date.now());
    void start(client, QUIET, telephone);
    await pause(SINGLE_EVERY_MS);
  }
  const waits = new Map<string, number>();
  while (waits.size < SINGLES) {
    await pause(250);
    for (const { to, at } of await client.outbox()) {
      const from = asked.get(to);
      if (from !== undefined) waits.set(to, Date.parse(at) - from);
    }
  }
  return [...waits.values()];
}

async function flood(client: Client): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: FLOOD_CLIENTS }, async () => {
      while (next < FLOOD) await start(client, LOUD, `+316400${String(10_000 + next++)}`);
    }),
  );
}

const row = (name: string, waits: readonly number[]) =>
  `| ${name} | ${percentile(waits, 0.5)} | ${percentile(waits, 0.9)} | ${percentile(waits, 0.99)} |`;

const doubles = await startDoubles({ latencyMs: LATENCY_MS });
const client = await startClient({ doubles });
await measureSingles(client, '+3165100');
const alone = await measureSingles(client, '+3165101');
const flooding = flood(client);
const beside = await measureSingles(client, '+3165102');
await flooding;
const ratio = percentile(beside, 0.99) / percentile(alone, 0.99);
console.log('| start → provider, ms | p50 | p90 | p99 |\n|---|---|---|---|');
console.log(row('alone', alone));
console.log(row('beside a flood of another organization', beside));
console.log(`p99 beside the flood : p99 alone = ${ratio.toFixed(2)}`);
await client.stop();
await doubles.stop();
process.exit(0);
