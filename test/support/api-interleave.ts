import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { aroundCalls } from './api-faults.ts';
import { pick } from './api-random.ts';

export interface Interleaving {
  /** Every call of this client waits for its turn from now on, as part of one task. */
  join(client: DynamoDBDocumentClient): void;
  /** Runs a task; ends when all that were begun have ended. */
  run<T>(tasks: readonly (() => Promise<T>)[]): Promise<T[]>;
}

interface Waiting {
  readonly task: number;
  go(): void;
}

/**
 * Lets one call to the table through at a time, and picks by `random` whose: the same seed gives the same order.
 * Task n is the one whose client joined n-th.
 */
export function createInterleaving(random: () => number): Interleaving {
  const waiting: Waiting[] = [];
  const moving = new Set<number>();
  let joined = 0;

  const next = () => {
    if (moving.size > 0 || waiting.length === 0) return;
    const chosen = pick(waiting, random);
    waiting.splice(waiting.indexOf(chosen), 1);
    moving.add(chosen.task);
    chosen.go();
  };
  const rest = (task: number) => {
    moving.delete(task);
    next();
  };

  return {
    join(client) {
      const task = joined++;
      aroundCalls(client, async (_call, proceed) => {
        await new Promise<void>((go) => {
          waiting.push({ task, go });
          rest(task);
        });
        try {
          return await proceed();
        } finally {
          if (waiting.some((other) => other.task === task)) rest(task);
        }
      });
    },
    async run(tasks) {
      for (const task of tasks.keys()) moving.add(task);
      const running = tasks.map(async (start, task) => {
        try {
          return await start();
        } finally {
          rest(task);
        }
      });
      return Promise.all(running);
    },
  };
}
