import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Addresses, DoublesConfig } from './doubles.ts';

export interface RunningDoubles extends Addresses {
  /** Ends the process and waits for its end. */
  stop(): Promise<void>;
}

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

/** Starts the doubles in a process of their own. Throws when it ends before it is ready; the reason is on standard error. */
export async function startDoubles(config: DoublesConfig): Promise<RunningDoubles> {
  const child = spawn(process.execPath, [MAIN, JSON.stringify(config)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const firstLine = once(createInterface(child.stdout), 'line');
  const failed = ended.then(([code]) => {
    throw new Error(`The providers' doubles ended with code ${code} before they were ready.`);
  });
  const [line] = await Promise.race([firstLine, failed]);
  const { ready: _, ...addresses } = JSON.parse(line);
  return {
    ...addresses,
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}
