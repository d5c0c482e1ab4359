import type { Answer } from './pool.ts';
import type { Run } from './run.ts';

/** What the runs of each configuration came to, in lines to print, and in the last line what all of them did. */
export function figuresOf(answers: readonly Answer[], seconds: number): string[] {
  const byName = Map.groupBy(answers, ({ configuration }) => configuration);
  const runsOf = (some: readonly Answer[]): Run[] => some.map(({ run }) => run);
  const own = [...byName].flatMap(([name, some]) => [
    `${name.padEnd(22)} ${figuresIn(runsOf(some))}`,
    `  answers ${answersIn(runsOf(some))}`,
  ]);
  const violated = answers.filter(({ run }) => isViolated(run));
  const seeds = violated.map(({ configuration, run }) => `${configuration} ${run.seed}`).join(', ');
  const pace = `${Math.round(seconds)} s, ${(answers.length / seconds).toFixed(1)} a second`;
  const all = `${byName.size} configurations, ${pace}: ${figuresIn(runsOf(answers))}`;
  return [...own, `TOTAL of ${all}${seeds === '' ? '' : `; violated: ${seeds}`}`];
}

const sumOf = (runs: readonly Run[], of: (run: Run) => number): number =>
  runs.reduce((total, run) => total + of(run), 0);
const counted = (runs: readonly Run[], what: string): number => sumOf(runs, ({ counts }) => counts.get(what) ?? 0);

function figuresIn(runs: readonly Run[]): string {
  const messages = sumOf(runs, (run) => run.messages);
  const figures: Readonly<Record<string, number | string>> = {
    runs: runs.length,
    violated: runs.filter(isViolated).length,
    messages,
    'ticks per message': (sumOf(runs, (run) => run.ticks) / messages).toFixed(2),
    parked: counted(runs, 'parked'),
    'sent again': counted(runs, 'MessageSentAgain'),
    scheduled: counted(runs, 'scheduled'),
    'in hops': counted(runs, 'ScheduleFailed'),
    'stops met': sumOf(runs, (run) => run.stopRaces),
  };
  return Object.entries(figures)
    .map((figure) => figure.join(' '))
    .join(', ');
}

function answersIn(runs: readonly Run[]): string {
  const kinds = new Set(runs.flatMap(({ counts }) => [...counts.keys()].filter((what) => / \d{3}$/.test(what))));
  return [...kinds]
    .toSorted()
    .map((what) => `${what}: ${counted(runs, what)}`)
    .join(', ');
}

export const isViolated = ({ violations }: Run): boolean => violations.length > 0;
