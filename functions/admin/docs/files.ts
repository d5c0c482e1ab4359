import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Reads a file that the build put beside the function's code. Throws when it did not. */
export type FileReader = (name: string) => Promise<string>;

/** A file is read once: it changes with the code only. */
export function createFileReader(folder: string): FileReader {
  const read = new Map<string, Promise<string>>();
  return (name) => {
    const file = read.get(name) ?? readFile(join(folder, name), 'utf8');
    read.set(name, file);
    return file;
  };
}

/** Names a content: the same for the same bytes. */
export const etagOf = (content: string): string =>
  `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
