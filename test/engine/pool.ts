import { Worker } from 'node:worker_threads';
import type { Run } from './run.ts';
import type { BrokenName } from './variants.ts';

export interface Job {
  /** Its name. */
  readonly configuration: string;
  readonly seed: number;
  readonly broken?: BrokenName;
}

export interface Answer {
  readonly configuration: string;
  readonly run: Run;
}

/** The emulator slows down as its table fills: a new one now and then. */
const RUNS_PER_TABLE = 200;

/** Plays all runs on several threads, each with tables of its own. Throws what ends a thread. */
export async function playAll(jobs: readonly Job[], threads: number, played: (answer: Answer) => void): Promise<void> {
  const size = Math.min(RUNS_PER_TABLE, Math.ceil(jobs.length / threads));
  const parts = Array.from({ length: Math.ceil(jobs.length / size) }, (_, part) =>
    jobs.slice(part * size, (part + 1) * size),
  ).values();
  await Promise.all(Array.from({ length: threads }, () => playParts(parts, played)));
}

function playParts(parts: Iterator<readonly Job[]>, played: (answer: Answer) => void): Promise<number> {
  const worker = new Worker(new URL('./runner.ts', import.meta.url));
  return new Promise((resolve, reject) => {
    const next = (): void => {
      const part = parts.next();
      if (part.done) resolve(worker.terminate());
      else worker.postMessage(part.value);
    };
    worker.on('message', (answer: Answer | 'done') => (answer === 'done' ? next() : played(answer)));
    worker.once('error', reject);
    next();
  });
}
