import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Checkpoint {
  /** Sequence number of the last record that is done with; undefined at the beginning of a stream. */
  read(): string | undefined;
  write(sequenceNumber: string): void;
}

/** A reader's place in a stream, kept in a file. A place in another stream (a table made anew) does not count. */
export function openCheckpoint(folder: string, reader: string, streamArn: string): Checkpoint {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${reader}.json`);
  return {
    read() {
      try {
        const kept = JSON.parse(readFileSync(file, 'utf8'));
        return kept.streamArn === streamArn ? kept.sequenceNumber : undefined;
      } catch {
        return undefined;
      }
    },
    write(sequenceNumber) {
      writeFileSync(`${file}.new`, JSON.stringify({ streamArn, sequenceNumber }));
      renameSync(`${file}.new`, file);
    },
  };
}
