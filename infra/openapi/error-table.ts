import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_STATUS, type ErrorCode } from '../../shared/domain/errors.ts';

const PAGE = join(import.meta.dirname, '..', '..', 'docs', 'errors.md');

export type ErrorTable = Readonly<Record<ErrorCode, string>>;

/** When each code is answered, in the words of docs/errors.md. Throws for a code that the page does not list. */
export function readErrorTable(): ErrorTable {
  const page = readFileSync(PAGE, 'utf8');
  const whenOf = (code: string, status: number): string => {
    const when = new RegExp(`^\\| \`${code}\` \\| ${status} \\| (.+?) \\| `, 'm').exec(page)?.[1];
    if (when === undefined) throw new Error(`docs/errors.md does not list ${code} with status ${status}`);
    return when;
  };
  const rows = Object.entries(ERROR_STATUS).map(([code, status]) => [code, whenOf(code, status)]);
  return Object.fromEntries(rows) as ErrorTable;
}
