import { closeSync, constants, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export interface Checkpoint {
  /** Sequence number of the last record that is done with; undefined at the beginning of a stream. */
  read(): string | undefined;
  write(sequenceNumber: string): void;
}

/** Of all that is ever written: it covers what was there, in one write that `kill -9` does not tear. */
const LENGTH = 512;

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
      const descriptor = openSync(file, constants.O_WRONLY | constants.O_CREAT);
      writeSync(descriptor, JSON.stringify({ streamArn, sequenceNumber }).padEnd(LENGTH), 0);
      closeSync(descriptor);
    },
  };
}
