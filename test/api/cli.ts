import { parseArgs } from 'node:util';
import { slowClock } from '../support/api-clock.ts';
import { haveWritesMeet } from '../support/api-conflicts.ts';
import { createCrossings } from '../support/api-crossing.ts';
import { type CrowdRequest, lookAtPerson, sendAtOnce } from '../support/api-crowd.ts';
import { chooseSeed, createRandom } from '../support/api-random.ts';
import { startRequest } from '../support/api-requests.ts';
import { startWorld, type World } from '../support/api-world.ts';

/**
 * The long runs of what `concurrency.test.ts` does briefly: `--crossings N` interleavings of three starts whose
 * identifiers cross, and crowds of `--crowd N` starts for one new person, with and without conflicts. `--seed N`
 * repeats a run.
 */
const { values } = parseArgs({
  options: { crossings: { type: 'string' }, crowd: { type: 'string' }, seed: { type: 'string' } },
});

const SHARE_REFUSED = 0.1;

const seed = Number(values.seed ?? chooseSeed());
const world = await startWorld();
try {
  console.log(`seed ${seed}`);
  if (values.crossings) await crossings(world, Number(values.crossings));
  if (values.crowd) await crowds(world, Number(values.crowd));
} finally {
  await world.stop();
}

function report(what: string, problems: readonly string[]): void {
  console.log(`${what}: ${problems.length === 0 ? 'no violation' : problems.join('; ')}`);
  if (problems.length > 0) process.exitCode = 1;
}

async function crossings(on: World, rounds: number): Promise<void> {
  const cross = createCrossings(on);
  const outcomes = new Map<string, number>();
  const problems: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const crossing = await cross(seed + round);
    const outcome = JSON.stringify(crossing.outcome);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    problems.push(...crossing.problems);
  }
  report(`${rounds} crossings, ${outcomes.size} different outcomes`, problems);
}

async function crowds(on: World, size: number): Promise<void> {
  const [plain, meeting, keyed] = [startRequest(), startRequest(), startRequest()];
  const kinds: readonly (readonly [string, (index: number) => CrowdRequest, number])[] = [
    ['starts at once', () => ({ body: plain }), 0],
    ['starts at once whose writes meet', () => ({ body: meeting }), SHARE_REFUSED],
    [
      'starts at once, each with a key of its own',
      (index) => ({ body: keyed, headers: { 'idempotency-key': `crowd-${index}` } }),
      SHARE_REFUSED,
    ],
  ];
  for (const [name, requestOf, share] of kinds) {
    const api = on.createApi({ clock: slowClock() });
    if (share > 0) haveWritesMeet(api.documents, createRandom(seed), share);
    const began = performance.now();
    const answers = await sendAtOnce(
      [api],
      Array.from({ length: size }, (_, index) => requestOf(index)),
    );
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    const met = api.observer.counted('WriteContended');
    report(`${size} ${name}, ${seconds} s, ${met} writes met others`, (await lookAtPerson(on, answers, 1)).problems);
  }
}
