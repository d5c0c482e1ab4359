import type { Import } from '../../shared/contracts/ingress.ts';
import { invalid, RequestError } from '../../shared/domain/errors.ts';
import { actingUser } from './acting-user.ts';
import { csvRows, HEADER_BYTES, readHeader } from './csv.ts';
import { STARTS } from './csv-columns.ts';
import { beginningOf, inflated } from './inflate.ts';
import { ndjsonRows } from './ndjson.ts';
import type { IngestParts } from './parts.ts';
import { ENDPOINTS } from './pinpoint/endpoint-columns.ts';
import { prepareEndpoint } from './pinpoint/prepare-endpoint.ts';
import { prepareStart } from './prepare-start.ts';
import type { Row, RowsFrom } from './row.ts';
import type { SliceOf } from './slice.ts';
import { readUploadName, type UploadName } from './upload-name.ts';

/**
 * The rows of an upload from a place on, and as whom they act. Throws 400 for a file of another kind or place, with
 * columns that mean nothing, or of an organization without `ingestUser`; 404 when it is not there any more.
 */
export async function openUpload(
  parts: IngestParts,
  file: Import,
  from: RowsFrom,
): Promise<Pick<SliceOf, 'rows' | 'prepare' | 'caller'>> {
  const name = readUploadName(file.key);
  if (!name) throw invalid('key', `must be ${STARTS_WANTED}, or ${ENDPOINTS_WANTED}`);
  const caller = await actingUser(parts, name.organization, undefined);
  return {
    caller,
    rows: await rowsOf(parts, { ...name, file }, from),
    prepare: name.project === undefined ? prepareStart : prepareEndpoint(name.project),
  };
}

const STARTS_WANTED = 'imports/<organization>/<name>.csv, .ndjson or .jsonl, or .gz of these';
const ENDPOINTS_WANTED = 'imports/<organization>/pinpoint/<project>/<name>.gz, .json, .ndjson, .jsonl or .csv';

type Named = UploadName & { readonly file: Import };

async function rowsOf(parts: IngestParts, upload: Named, from: RowsFrom): Promise<AsyncIterable<Row>> {
  if (upload.kind !== 'csv') return ndjsonRows(await bytesOf(parts, upload, from.offset), from);
  const beginning = beginningOf(await bytesOf(parts, upload, 0, HEADER_BYTES), HEADER_BYTES);
  const header = await readHeader(beginning, upload.project === undefined ? STARTS : ENDPOINTS);
  const begin = { ...from, offset: Math.max(from.offset, header.end) };
  return csvRows(await bytesOf(parts, upload, begin.offset), header, begin);
}

/** The bytes from a place on, `bytes` of them or more. */
async function bytesOf(
  { objects }: IngestParts,
  { file, isCompressed }: Named,
  offset: number,
  bytes?: number,
): Promise<AsyncIterable<Buffer>> {
  const body = await (isCompressed ? objects.read(file, 0) : objects.read(file, offset, bytes));
  if (body) return isCompressed ? inflated(body, offset) : body;
  throw new RequestError(
    'not_found',
    'The file is not there any more: it was deleted, or another one stands in its place.',
  );
}
