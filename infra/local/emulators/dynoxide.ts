import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findFreePort } from './free-port.ts';
import { type GuardedChild, spawnGuarded } from './guarded-child.ts';
import { addStreamIndexes } from './stream-indexes.ts';

export interface Emulator {
  readonly endpoint: string;
  stop(): Promise<void>;
}

export interface DynoxideOptions {
  /** The SQLite file that holds the tables; kept at `stop`, opened again at the next start. */
  readonly file: string;
  /** 0 or none: a free one. */
  readonly port?: number;
  readonly warn?: (line: string) => void;
}

const START_MS = 10_000;
const PORTS_TRIED = 5;

/**
 * DynamoDB on 127.0.0.1, ready when this resolves; it ends with `stop` and with this process, `kill -9` included.
 * Throws where this platform has no binary, where the given port is taken, and where it does not start.
 */
export async function startDynoxide({ file, port, warn = console.error }: DynoxideOptions): Promise<Emulator> {
  const binary = findBinary();
  mkdirSync(dirname(file), { recursive: true });
  let lastWords = '';
  for (let attempt = 1; attempt <= PORTS_TRIED; attempt += 1) {
    const chosen = port || (await findFreePort());
    const endpoint = `http://127.0.0.1:${chosen}`;
    const child = spawnGuarded(binary, ['serve', '--host', '127.0.0.1', '--port', String(chosen), '--db-path', file]);
    if (await becomesReady(child, endpoint)) {
      indexStreams(file, warn);
      return { endpoint, stop: child.stop };
    }
    await child.stop();
    lastWords = child.output().trim();
    if (port) break;
  }
  throw new Error(`The DynamoDB emulator did not start: ${lastWords || 'it said nothing'}.`);
}

function findBinary(): string {
  try {
    return createRequire(import.meta.url).resolve(`@dynoxide/${process.platform}-${process.arch}/dynoxide`);
  } catch {
    throw new Error(
      `No DynamoDB emulator is installed for ${process.platform}-${process.arch}: set AWS_ENDPOINT_URL_DYNAMODB to the ` +
        'address of one that you run.',
    );
  }
}

/** The child's own words are wanted beside an answer: on a port lost to another process the answer is not ours. */
async function becomesReady(child: GuardedChild, endpoint: string): Promise<boolean> {
  const deadline = Date.now() + START_MS;
  while (!child.hasExited() && Date.now() < deadline) {
    if (child.output().includes('listening on') && (await answers(endpoint))) return !child.hasExited();
    await delay(3);
  }
  return false;
}

const answers = (endpoint: string): Promise<boolean> =>
  fetch(endpoint).then(
    async (response) => {
      await response.arrayBuffer();
      return response.ok;
    },
    () => false,
  );

function indexStreams(file: string, warn: (line: string) => void): void {
  try {
    if (addStreamIndexes(file)) return;
    warn('The DynamoDB emulator keeps its streams in another shape: it will slow down as records gather.');
  } catch (error) {
    warn(`The DynamoDB emulator's streams could not be indexed and will slow down: ${String(error)}`);
  }
}
