import type { Caller } from '../../shared/auth/caller.ts';
import type { Import } from '../../shared/contracts/ingress.ts';
import { invalid, RequestError } from '../../shared/domain/errors.ts';
import { actingUser } from './acting-user.ts';
import { csvRows, HEADER_BYTES, readHeader } from './csv.ts';
import { ndjsonRows } from './ndjson.ts';
import type { IngestParts } from './parts.ts';
import type { Row, RowsFrom } from './row.ts';

const KEY = /^imports\/([0-9a-f]{24})\/.*\.(csv|ndjson|jsonl)$/i;

/** The organization that an upload is for, by its place. */
export const organizationIn = (key: string): string | undefined => KEY.exec(key)?.[1]?.toLowerCase();

/**
 * The rows of an upload from a place on, and as whom they act. Throws 400 for a file of another kind or place, with
 * columns that mean nothing, or of an organization without `ingestUser`; 404 when it is not there any more.
 */
export async function openUpload(
  parts: IngestParts,
  file: Import,
  from: RowsFrom,
): Promise<{ rows: AsyncIterable<Row>; caller: Caller }> {
  const [, , kind] = KEY.exec(file.key) ?? [];
  const organization = organizationIn(file.key);
  if (organization === undefined || kind === undefined) {
    throw invalid('key', 'must be imports/<organization>/<name>.csv, .ndjson or .jsonl');
  }
  const caller = await actingUser(parts, organization, undefined);
  if (kind.toLowerCase() !== 'csv') return { caller, rows: ndjsonRows(await bytesOf(parts, file, from.offset), from) };
  const header = await readHeader(await bytesOf(parts, file, 0, HEADER_BYTES));
  const begin = { ...from, offset: Math.max(from.offset, header.end) };
  return { caller, rows: csvRows(await bytesOf(parts, file, begin.offset), header, begin) };
}

async function bytesOf(
  { objects }: IngestParts,
  file: Import,
  offset: number,
  bytes?: number,
): Promise<AsyncIterable<Buffer>> {
  const body = await objects.read(file, offset, bytes);
  if (body) return body;
  throw new RequestError(
    'not_found',
    'The file is not there any more: it was deleted, or another one stands in its place.',
  );
}
