import { expect, test } from 'vitest';
import type { ErrorTable } from '../../../shared/providers/error-table.ts';
import type { ProviderEvent, Rejected, SendResult } from '../../../shared/providers/provider.ts';
import type { Script } from '../provider-server.ts';

/** Codes separated by blanks, or a range, and what they must lead to. */
export type ErrorRow = readonly [
  codes: string,
  failure: Rejected['class'],
  scope: Rejected['scope'],
  more?: Pick<Rejected, 'effect' | 'retryAfterMs'>,
];

/** All that a provider's table of error codes says, told again from the provider's pages. */
export interface ErrorRows {
  readonly table: ErrorTable;
  /** Codes that come as the answer to a send. */
  readonly answers: readonly ErrorRow[];
  answer(code: string): Script;
  /** Codes that come later, with the report that a message failed. */
  readonly reports?: readonly ErrorRow[];
  report?(code: string): readonly ProviderEvent[];
  /** Codes that are reported, of another provider's table. */
  readonly reportTable?: ErrorTable;
}

/** `send` is answered with the script. */
export function describeErrorRows(rows: ErrorRows, send: (answer: Script) => Promise<SendResult>): void {
  const { answers, reports = [], reportTable = rows.table } = rows;

  test.each(named(answers))('reads $codes in an answer as $failure of $scope', async (row) => {
    const { codes, failure, scope, more } = row;
    for (const code of codesOf(codes)) {
      const { outcome, message, ...meaning } = (await send(rows.answer(code))) as Rejected;
      expect(outcome).toBe('rejected');
      expect(message).not.toBe('');
      expect(meaning).toEqual({ code, class: failure, scope, ...more });
    }
  });

  test.each(named(reports))('reads $codes in a report as $failure of $scope', ({ codes, failure, scope, more }) => {
    for (const code of codesOf(codes)) {
      const [event] = rows.report?.(code) ?? [];
      const error = event?.kind === 'delivery' ? event.error : undefined;
      const meaning = { code, class: failure, scope, ...(more?.effect && { effect: more.effect }) };
      expect({ ...error, message: '' }).toEqual({ ...meaning, message: '' });
    }
  });

  test('has no code in its tables whose meaning is not said above', () => {
    const said = [...answers, ...reports].flatMap(([codes]) => codesOf(codes));
    expect([...new Set(said)].sort()).toEqual([...new Set([...rows.table.keys(), ...reportTable.keys()])].sort());
  });
}

const named = (rows: readonly ErrorRow[]) =>
  rows.map(([codes, failure, scope, more]) => ({ codes, failure, scope, more }));

const codesOf = (codes: string): string[] => codes.split(' ').flatMap(expand);

function expand(codes: string): string[] {
  const [, first, last] = /^(\d+)-(\d+)$/.exec(codes) ?? [];
  if (!first || !last) return [codes];
  return Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => String(Number(first) + index));
}
