import { expect, it } from 'vitest';
import { importAtHome, isBad, textOf } from '../ingest/at-home.ts';

const ROWS = 10_000;

it('imports every row of a file once, with a result for each, though it is killed twice while at work', {
  timeout: 600_000,
}, async () => {
  const { summary, results, items, logged } = await importAtHome(ROWS, console.log);
  const rows = Array.from({ length: ROWS }, (_, index) => index + 1);
  const good = rows.filter((row) => !isBad(row));
  expect(summary).toMatchObject({ rows: ROWS, created: good.length, refused: ROWS - good.length, repeated: 0 });
  expect(results.map(({ row }) => row)).toEqual(rows);
  for (const { row, status, error } of results) {
    expect([row, status, error?.code]).toEqual(
      isBad(row) ? [row, 'refused', 'identifier_required'] : [row, 'created', undefined],
    );
  }
  expect(logged).toEqual([]);
  expect(items).toEqual(new Map(good.map((row) => [textOf(row), 1])));
});
