import { createHash, randomUUID } from 'node:crypto';
import { refusalOf } from '../../shared/acceptance/refusal.ts';
import type { Import } from '../../shared/contracts/ingress.ts';
import { type Invocation, type Received, TryLaterError } from '../../shared/queue/consume.ts';
import { claimImport, saveImport } from '../../shared/store/imports.ts';
import { importSlice } from './import-slice.ts';
import { openUpload } from './open-upload.ts';
import type { IngestParts } from './parts.ts';
import { writePart, writeSummary } from './results.ts';
import type { Slice, SliceOf } from './slice.ts';
import { readUploadName } from './upload-name.ts';

/** Until the progress is stored: the rest must not find the file as it was. */
const REST_AFTER_SECONDS = 1;
/** The receive of a message from which on a few rows that cannot be done hold up the others no more. */
const LAST_TRY = 4;

/**
 * Does as many rows of an upload as the invocation has time for, and asks for the rest; when none is left, sums it up.
 * Whoever is cut off leaves rows that are done and not noted; the message comes again, and the same rows answer what they
 * answered. The order of what is stored is: rows, their results, the message for the rest, the progress. Only the last is
 * proof that the others are there, so nothing is summed up before it.
 */
export async function continueImport(
  parts: IngestParts,
  file: Import,
  { remainingMs, times }: Invocation & Pick<Received, 'times'>,
): Promise<void> {
  const { table, clock, leaseMs } = parts;
  const digest = digestOf(file);
  const token = randomUUID();
  const taken = await claimImport(table, digest, { now: clock.now(), leaseMs, token });
  if (!taken.claimed && taken.isDone) return;
  if (!taken.claimed) throw new TryLaterError('Somebody else is at work on this upload.');
  const { progress } = taken;
  if (file.from !== progress.row) {
    await saveImport(table, digest, { token, progress });
    if (file.from < progress.row) return;
    throw new TryLaterError('The rows before these are not done yet.');
  }
  const hasTime = () => remainingMs() > parts.reserveMs;
  const slice = await sliceOf(parts, file, { digest, progress, hasTime, isLastTry: times >= LAST_TRY });
  await finish(parts, file, { slice, token, digest });
}

/** The rest of an upload that its sender must mend is one refusal. */
async function sliceOf(
  parts: IngestParts,
  file: Import,
  of: Omit<SliceOf, 'rows' | 'prepare' | 'caller'>,
): Promise<Slice> {
  try {
    const upload = await openUpload(parts, file, of.progress);
    return await importSlice(parts, { ...upload, ...of });
  } catch (error) {
    const refusal = refusalOf(error);
    if (!refusal || refusal.status >= 500) throw error;
    parts.observe.warn('An upload was refused.', { code: refusal.code });
    return { progress: of.progress, results: [], isDone: true, refusal };
  }
}

async function finish(
  parts: IngestParts,
  file: Import,
  { slice, token, digest }: { slice: Slice; token: string; digest: string },
): Promise<void> {
  const { table, clock, objects, rest, observe } = parts;
  const progress = await writePart(objects, file, slice);
  const isOver = slice.isDone && slice.results.length === 0;
  if (isOver) await writeSummary(objects, file, { slice, progress, finishedAt: clock.now() });
  else {
    const message = { import: { ...file, from: progress.row } };
    const group = readUploadName(file.key)?.organization ?? 'uploads';
    await rest.send([{ body: message, group, delaySeconds: REST_AFTER_SECONDS }]);
  }
  const saved = await saveImport(table, digest, { token, progress, ...(isOver && { doneAt: clock.now() }) });
  if (!saved) throw new TryLaterError('Somebody else went on with this upload.');
  observe.count('RowAccepted', slice.results.filter(({ status }) => status !== 'refused').length);
  observe.count('RowRefused', slice.results.filter(({ status }) => status === 'refused').length);
}

/** Of an object's place and content: the same file again is the same import. */
export const digestOf = ({ bucket, key, etag }: Pick<Import, 'bucket' | 'key' | 'etag'>): string =>
  createHash('sha256')
    .update(JSON.stringify([bucket, key, etag]))
    .digest('hex');
