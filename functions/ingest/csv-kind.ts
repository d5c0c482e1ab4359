import { RequestError } from '../../shared/domain/errors.ts';

/** What the rows of a CSV file are about. */
export interface CsvKind {
  /** Throws 400 for columns that mean nothing there. */
  demandColumns(names: readonly string[]): void;
  /** What a row says. Throws 400. */
  bodyOf(names: readonly string[], cells: readonly string[]): unknown;
}

/** What the cells of a row say, and of what; empty ones say nothing. Throws 400 for a row that does not fit its columns. */
export function wordsOf(names: readonly string[], cells: readonly string[]): { name: string; text: string }[] {
  if (cells.length !== names.length) {
    throw new RequestError(
      'invalid_request',
      `The row has ${cells.length} cells, and there are ${names.length} columns.`,
    );
  }
  if (cells.some((cell) => cell.includes('\ufffd'))) {
    throw new RequestError('invalid_request', 'The row is not UTF-8: save the file with that encoding.');
  }
  return names.map((name, index) => ({ name, text: cells[index]?.trim() ?? '' })).filter(({ text }) => text !== '');
}
