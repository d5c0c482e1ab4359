import { openDoubles } from '../../infra/local/doubles/doubles.ts';
import type { Table } from '../../shared/store/table.ts';
import { createRandom, type Random } from '../engine/random.ts';
import { createSetting, numbersOf, type Setting } from './setting.ts';
import { METAS } from './templates.ts';
import { createTimeline, type Timeline } from './timeline.ts';
import { startWorld, type Variant, type World } from './world.ts';

export interface Round {
  /** Messages that Meta is to get, from so many numbers. */
  readonly sends: number;
  readonly numbers: number;
  readonly seed: number;
  readonly variant?: Variant;
}

export interface Outcome {
  /** Messages that people received: all, and those of them as text, and instead of one. */
  readonly received: number;
  readonly asText: number;
  readonly asFallback: number;
  /** Of Meta, by its code. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Texts without a fallback whose window had lapsed. */
  readonly lapsed: number;
  readonly paced: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly faults: readonly unknown[];
  readonly simulatedMs: number;
}

/** What is asked of each number, in messages per second; it comes in bursts. */
const LOAD = 70;
const BURST_MS = 5000;
const MOST_MESSAGES = 10;
const DAY_MS = 24 * 3_600_000;
const START = Date.UTC(2026, 2, 1, 12);

/** Sends by our own functions to a Meta that keeps its limits, at the pace of a simulated clock. */
export async function play(table: Table, { sends, numbers, seed, variant = {} }: Round): Promise<Outcome> {
  const random = createRandom(seed);
  const timeline = createTimeline(START - DAY_MS - 60_000);
  const setting = createSetting(numbers);
  const doubles = await openDoubles({}, timeline.now);
  const control = async (method: string, path: string, body?: unknown) => {
    const init = { method, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const response = await fetch(`${doubles.addresses.control}/_local/${path}`, init);
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.status === 204 ? undefined : response.json();
  };
  const world = await startWorld({ table, timeline, random, setting, metaUrl: doubles.addresses.whatsapp, variant });
  try {
    await control('PUT', 'senders', { whatsapp: numbersOf(setting, world.webhookUrl) });
    // No burst that is waited for afterwards: the pair rate as it is.
    await control('PUT', 'limits', { pairBurst: 1 });
    // Reports would come by the machine's clock, and say nothing that the double does not count.
    await control('POST', 'faults', { provider: 'whatsapp', behaviour: 'lose-callbacks', times: 100_000 });
    const write = (from: string, to: string) =>
      control('POST', 'reply', { touchpoint: 'whatsapp', from, to, text: 'Hoi' });
    planPeople({ sends, random, timeline, setting, world, write });
    await timeline.run();
    return outcomeOf(
      (await control('GET', 'outbox')) as Sent[],
      (await control('GET', 'refusals')) as Outcome['refusals'],
      world,
      timeline.now() - START,
    );
  } finally {
    world.stop();
    await doubles.stop();
  }
}

/** What the double keeps of a message. */
interface Sent {
  readonly text: string;
  readonly template?: object;
}

interface Plan {
  readonly sends: number;
  readonly random: Random;
  readonly timeline: Timeline;
  readonly setting: Setting;
  readonly world: World;
  write(from: string, to: string): Promise<unknown>;
}

/** People of whom some wrote almost a day ago, and some write while we do. */
function planPeople({ sends, random, timeline, setting, world, write }: Plan): void {
  const numbers = setting.services.length;
  const duration = (sends / (numbers * LOAD)) * 1000;
  for (let planned = 0, person = 0; planned < sends; person += 1) {
    const telephone = `+3164628${String(person).padStart(4, '0')}`;
    const { organization, params } = setting.services[person % numbers] ?? {};
    const to = params?.phoneNumberId ?? '';
    const wroteAt = random.pick([START - DAY_MS + random.below(duration + 60_000), START + random.below(duration), 0]);
    if (wroteAt > 0) timeline.at(wroteAt, async () => void (await write(telephone, to)));
    const count = Math.min(sends - planned, random.chance(0.3) ? 1 + random.below(MOST_MESSAGES) : 1 + random.below(4));
    planned += count;
    const tell = async (messages: object[], ...statuses: number[]) => {
      const status = await world.post('/v2/conversations', {
        organization,
        type: 'contact',
        contact: { profile: { telephone } },
        messages,
      });
      if (!statuses.includes(status)) throw new Error(`A start was answered with ${status}.`);
    };
    const at = START + Math.floor(random.below(duration) / BURST_MS) * BURST_MS;
    const messages = Array.from({ length: count }, () => aMessage(random));
    timeline.at(at, () => tell(messages, 200, 201));
    if (wroteAt > 0) timeline.at(Math.max(at, wroteAt) + 500, () => tell([aText(random)], 200, 400));
  }
}

const aMessage = (random: Random) => ({
  role: 'agent',
  touchpoint: 'whatsapp',
  text: 'Uw auto is klaar',
  delay: random.chance(0.5) ? 0 : random.below(15_000),
  meta: random.chance(0.55) ? random.pick(METAS) : { fallbackTemplate: 'one' },
});

/** Text without a fallback, which the API takes while the window is open, whatever becomes of it. */
const aText = (random: Random) => ({
  role: 'agent',
  touchpoint: 'whatsapp',
  text: 'Tot zo!',
  delay: random.below(60_000),
});

function outcomeOf(outbox: Sent[], refusals: Record<string, number>, world: World, simulatedMs: number): Outcome {
  const counts = Object.fromEntries(world.observe.counts);
  return {
    received: outbox.length,
    asText: outbox.filter(({ template }) => !template).length,
    asFallback: outbox.filter(({ text }) => text === 'Bericht: Uw auto is klaar').length,
    refusals,
    lapsed: counts['MessageFailed/whatsapp'] ?? 0,
    paced: counts['MessagePaced/whatsapp'] ?? 0,
    counts,
    faults: world.faults,
    simulatedMs,
  };
}
