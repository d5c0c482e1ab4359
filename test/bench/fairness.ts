/**
 * `npm run bench`: does a flood by one organization slow another? Starts 200 single conversations of one organization,
 * alone and then beside 2,000 starts of another, with providers that take 50 ms, and compares how long each took from
 * the request to the provider. Both follow a warm-up with a small flood, whose row shows what loading functions costs.
 * Figures are those of one run on one machine, and of what else it does meanwhile.
 */
import { once } from 'node:events';
import { availableParallelism, loadavg } from 'node:os';
import { type RunningDoubles, startDoubles } from '../../infra/local/doubles/start.ts';
import type { Delivered } from '../support/overture.ts';
import { freePort, spawnStart } from '../support/start-process.ts';

const SINGLES = 200;
const SINGLE_EVERY_MS = 200;
const FLOOD = 2000;
const WARM_UP = 200;
const FLOOD_CLIENTS = 8;
const LATENCY_MS = 50;
const OUTBOX_EVERY_MS = 500;
const USER = 'aaa000000000000000000111';
const QUIET = { organization: '6663a1f684ba342816c4b7c4', prefixes: ['+3165100', '+3165101', '+3165102'] } as const;
const LOUD = { organization: 'aaa111111111111111111222', prefix: '+3164' } as const;

type Start = (organization: string, telephone: string) => Promise<void>;

async function createStarter(url: string): Promise<Start> {
  const token = await (await fetch(`${url}/_local/token?user=${USER}`)).text();
  return async (organization, telephone) => {
    const answer = await fetch(`${url}/v2/conversations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        organization,
        type: 'contact',
        contact: { profile: { telephone } },
        messages: [{ text: 'Hello!', touchpoint: 'sms', role: 'agent' }],
      }),
    });
    const text = await answer.text();
    if (answer.status !== 201) throw new Error(`A start was answered ${answer.status}: ${text}`);
  };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));

/** When each of `count` telephones with the prefix received, once all have. */
async function arrivals({ control }: RunningDoubles, prefix: string, count: number): Promise<Map<string, number>> {
  for (;;) {
    const outbox = (await (await fetch(`${control}/_local/outbox`)).json()) as Delivered[];
    const received = outbox.filter(({ to }) => to.startsWith(prefix));
    if (received.length >= count) return new Map(received.map(({ to, at }) => [to, Date.parse(at)]));
    await pause(OUTBOX_EVERY_MS);
  }
}

/** Milliseconds from request to provider of single starts, one every 200 ms whatever became of those before. */
async function measureSingles(start: Start, prefix: string): Promise<number[]> {
  const began = Date.now();
  const asked = new Map<string, number>();
  const answers: Promise<void>[] = [];
  for (let index = 0; index < SINGLES; index++) {
    await pause(began + index * SINGLE_EVERY_MS - Date.now());
    const telephone = `${prefix}${String(index).padStart(4, '0')}`;
    asked.set(telephone, Date.now());
    answers.push(start(QUIET.organization, telephone));
  }
  await Promise.all(answers);
  const received = await arrivals(doubles, prefix, SINGLES);
  return [...asked].map(([telephone, at]) => (received.get(telephone) ?? Number.NaN) - at);
}

/** Starts with the telephones from number `first` on. Resolves with the seconds from first request to last answer. */
async function flood(start: Start, first: number, count: number): Promise<number> {
  const began = Date.now();
  let next = first;
  const client = async () => {
    while (next < first + count) await start(LOUD.organization, `${LOUD.prefix}${String(next++).padStart(7, '0')}`);
  };
  await Promise.all(Array.from({ length: FLOOD_CLIENTS }, client));
  return (Date.now() - began) / 1000;
}

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? 0;

const row = (name: string, waits: readonly number[]) =>
  `| ${name} | ${percentile(waits, 0.5)} | ${percentile(waits, 0.9)} | ${percentile(waits, 0.99)} |`;

const load = () => (loadavg()[0] ?? 0).toFixed(1);

const doubles = await startDoubles({ latencyMs: LATENCY_MS });
const port = await freePort();
const overture = spawnStart({ PORT: String(port), OVERTURE_DOUBLES: JSON.stringify(doubles) });
await overture.ready();
const start = await createStarter(`http://127.0.0.1:${port}`);
const loadBefore = load();
const [warmUp] = await Promise.all([measureSingles(start, QUIET.prefixes[0]), flood(start, 0, WARM_UP)]);
await arrivals(doubles, LOUD.prefix, WARM_UP);
const alone = await measureSingles(start, QUIET.prefixes[1]);
const began = Date.now();
const flooding = flood(start, WARM_UP, FLOOD);
const beside = await measureSingles(start, QUIET.prefixes[2]);
const answeredSeconds = await flooding;
const received = await arrivals(doubles, LOUD.prefix, WARM_UP + FLOOD);
const deliveredSeconds = (Math.max(...received.values()) - began) / 1000;
console.log('| start → provider, ms | p50 | p90 | p99 |\n|---|---|---|---|');
console.log(row(`warm-up beside ${WARM_UP} starts of another organization`, warmUp));
console.log(row('alone', alone));
console.log(row(`beside ${FLOOD.toLocaleString('en')} starts of another organization`, beside));
console.log(`p99 beside the flood : p99 alone = ${(percentile(beside, 0.99) / percentile(alone, 0.99)).toFixed(2)}`);
console.log(
  `The flood of ${FLOOD}: ${(FLOOD / answeredSeconds).toFixed(1)} starts/s answered, ` +
    `${(FLOOD / deliveredSeconds).toFixed(1)}/s at the provider.`,
);
console.log(`Load average ${loadBefore} before, ${load()} after, on ${availableParallelism()} processors.`);
overture.child.kill('SIGTERM');
await once(overture.child, 'close');
await doubles.stop();
