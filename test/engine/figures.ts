import type { Answer } from './pool.ts';
import type { Run } from './run.ts';

/** What the runs of each configuration came to, in lines to print. */
export function figuresOf(answers: readonly Answer[]): string[] {
  const byName = Map.groupBy(answers, ({ configuration }) => configuration);
  return [...byName].flatMap(([name, some]) =>
    linesOf(
      name,
      some.map(({ run }) => run),
    ),
  );
}

function linesOf(name: string, runs: readonly Run[]): string[] {
  const sum = (of: (run: Run) => number) => runs.reduce((total, run) => total + of(run), 0);
  const counted = (what: string) => sum(({ counts }) => counts.get(what) ?? 0);
  const messages = sum((run) => run.messages);
  const answers = [...new Set(runs.flatMap(({ counts }) => [...counts.keys()]))].filter((what) => / \d{3}$/.test(what));
  return [
    `${name.padEnd(22)} runs ${runs.length}, violated ${runs.filter(isViolated).length}, messages ${messages}, ` +
      `ticks per message ${(sum((run) => run.ticks) / messages).toFixed(2)}, parked ${counted('parked')}, ` +
      `sent again ${counted('MessageSentAgain')}, scheduled ${counted('scheduled')}, in hops ${counted('ScheduleFailed')}, ` +
      `stops met ${sum((run) => run.stopRaces)}`,
    `  answers ${answers
      .toSorted()
      .map((what) => `${what}: ${counted(what)}`)
      .join(', ')}`,
  ];
}

export const isViolated = ({ violations }: Run): boolean => violations.length > 0;
