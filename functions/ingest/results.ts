import type { Import } from '../../shared/contracts/ingress.ts';
import type { Progress } from '../../shared/store/imports.ts';
import type { Objects } from './objects.ts';
import type { RowResult, Slice } from './slice.ts';
import { readUploadName } from './upload-name.ts';

/** Apart for each content: a corrected file in the same place has results of its own. */
const folderOf = ({ key, etag }: Import): string => `${key.replace(/^imports\//, 'results/')}/${etag}`;

const partName = (part: number): string => `part-${String(part).padStart(5, '0')}.ndjson`;

/**
 * Stores what became of a slice's rows, a line for each, and answers the progress with them. The name follows from the
 * progress: who does the slice again writes over it.
 */
export async function writePart(objects: Objects, file: Import, { progress, results }: Slice): Promise<Progress> {
  if (results.length === 0) return progress;
  const parts = progress.parts + 1;
  const lines = results.map((result) => `${JSON.stringify(result)}\n`).join('');
  await objects.write(file.bucket, `${folderOf(file)}/${partName(parts)}`, lines, 'application/x-ndjson');
  return { ...progress, parts, ...countsWith(progress, results) };
}

type Counts = Pick<Progress, (typeof STATUSES)[number] | 'optedOut' | 'conflicts'>;
const STATUSES = ['created', 'found', 'appended', 'repeated', 'refused'] as const;

function countsWith(progress: Progress, results: readonly RowResult[]): Counts {
  const count = (isCounted: (result: RowResult) => boolean) => results.filter(isCounted).length;
  const statuses = STATUSES.map((status) => [status, progress[status] + count((result) => result.status === status)]);
  return {
    ...(Object.fromEntries(statuses) as Pick<Progress, (typeof STATUSES)[number]>),
    optedOut: progress.optedOut + count((result) => 'optedOut' in result),
    conflicts: progress.conflicts + count((result) => 'conflict' in result),
  };
}

/** Says that all is done, what became of it, and which files have the results. */
export async function writeSummary(
  objects: Objects,
  file: Import,
  { slice, progress, finishedAt }: { slice: Slice; progress: Progress; finishedAt: number },
): Promise<void> {
  const { created, found, appended, repeated, refused, optedOut, conflicts, parts, startedAt } = progress;
  const isOfEndpoints = readUploadName(file.key)?.project !== undefined;
  const summary = {
    key: file.key,
    etag: file.etag,
    rows: created + found + appended + repeated + refused,
    created,
    ...(isOfEndpoints ? { found, optedOut, conflicts } : { appended, repeated }),
    refused,
    error: slice.refusal && { code: slice.refusal.code, message: slice.refusal.message },
    parts: Array.from({ length: parts }, (_, index) => partName(index + 1)),
    startedAt: new Date(startedAt).toISOString(),
    finishedAt: new Date(finishedAt).toISOString(),
  };
  await objects.write(
    file.bucket,
    `${folderOf(file)}/summary.json`,
    JSON.stringify(summary, null, 2),
    'application/json',
  );
}
