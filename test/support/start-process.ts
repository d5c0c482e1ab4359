import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { until } from './poll.ts';

const START = join(import.meta.dirname, '..', '..', 'infra', 'local', 'start.ts');

export interface StartProcess {
  readonly child: ChildProcess;
  /** All it has said so far. */
  said(): string;
  /** What it said and how it ended. */
  ended: Promise<{ code: number | null; said: string }>;
  /** Once the banner is printed. */
  ready(): Promise<void>;
}

/** `npm start` as a process, without npm. */
export function spawnStart(env: Record<string, string>): StartProcess {
  const child = spawn(process.execPath, [START], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      said += chunk;
    });
  }
  const ended = once(child, 'close').then(([code]) => ({ code, said }));
  return {
    child,
    said: () => said,
    ended,
    ready: async () => {
      await until('the banner is printed', () => child.exitCode !== null || said.includes('Ctrl-C ends it'), {
        withinMs: 60_000,
      });
      if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}: ${said}`);
    },
  };
}

/** Below those that systems give to whoever asks for any: nobody gets it while its server is down for a while. */
const FIRST_PORT = 20_000;
const PORTS = 10_000;

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const port = FIRST_PORT + randomInt(PORTS);
  const server = createServer().listen(port, '127.0.0.1');
  const isFree = await once(server, 'listening').then(
    () => true,
    () => false,
  );
  if (!isFree) return freePort();
  server.close();
  await once(server, 'close');
  return port;
}
