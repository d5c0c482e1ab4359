import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalStack, type LocalStack, type LocalStackOptions } from '../../infra/local/stack/local-stack.ts';
import { type SampleOptions, writeSampleAssembly } from './fixtures/sample-assembly.ts';

export interface SampleFolders {
  readonly dataDir: string;
  readonly assemblyDir: string;
  readonly notesFile: string;
  remove(): void;
}

/** Temporary folders with the sample assembly in one of them. */
export function prepareSample(more?: SampleOptions['more']): SampleFolders {
  const folder = mkdtempSync(join(tmpdir(), 'overture-stack-'));
  const notesFile = join(folder, 'notes.jsonl');
  const assemblyDir = writeSampleAssembly(join(folder, 'assembly'), { notesFile, more });
  const remove = () => rmSync(folder, { recursive: true, force: true });
  return { dataDir: join(folder, 'data'), assemblyDir, notesFile, remove };
}

/** Runs the sample on a free port. No SES: nothing in it sends mail. */
export const startSample = (
  { assemblyDir, dataDir }: SampleFolders,
  options: Partial<LocalStackOptions> = {},
): Promise<LocalStack> =>
  createLocalStack({
    assemblyDir,
    dataDir,
    port: 0,
    endpoints: { ses: 'http://127.0.0.1:9' },
    log: () => {},
    ...options,
  });

/** What the sample's functions noted, in order. */
export function readNotes<T>(notesFile: string): T[] {
  if (!existsSync(notesFile)) return [];
  const lines = readFileSync(notesFile, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line));
}
