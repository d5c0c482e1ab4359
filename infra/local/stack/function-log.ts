import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';

export interface FunctionLog {
  write(chunk: Buffer | string): void;
  /** Writes a line of the platform's own. */
  note(line: string): void;
  close(): Promise<void>;
}

const SURFACED_CHARACTERS = 400;
const LOOKS_LIKE_AN_ERROR = /"level":\s*"(ERROR|CRITICAL)"|\bERROR\b/;

/** A function's output, in `<folder>/<function>.log`; lines that report an error are shown too. */
export function openFunctionLog(folder: string, functionName: string, show: (line: string) => void): FunctionLog {
  mkdirSync(folder, { recursive: true });
  const file = createWriteStream(join(folder, `${functionName}.log`), { flags: 'a' });
  let unfinished = '';
  return {
    write(chunk) {
      file.write(chunk);
      const lines = (unfinished + String(chunk)).split('\n');
      unfinished = lines.pop() ?? '';
      for (const line of lines) {
        if (LOOKS_LIKE_AN_ERROR.test(line)) show(`${functionName}: ${line.slice(0, SURFACED_CHARACTERS)}`);
      }
    },
    note: (line) => void file.write(`${new Date().toISOString()} ${line}\n`),
    close: () => new Promise((resolve) => file.end(() => resolve())),
  };
}
