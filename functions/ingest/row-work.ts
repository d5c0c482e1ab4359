import type { Once } from '../../shared/acceptance/once.ts';
import { acceptedAs, type Outcome, refusedFor } from '../../shared/acceptance/outcome.ts';
import { type PreparedRequest, prepareRequest } from '../../shared/acceptance/prepare-request.ts';
import { refusalOf } from '../../shared/acceptance/refusal.ts';
import { BulkItemSchema, StartConversationSchema } from '../../shared/contracts/conversation-request.ts';
import type { RequestError } from '../../shared/domain/errors.ts';
import { parseRequest } from '../../shared/http/errors.ts';
import { createLanes } from '../../shared/runtime/lanes.ts';
import { fingerprintOf, recordKeyOf } from '../../shared/store/idempotency.ts';
import type { IngestParts } from './parts.ts';
import type { Row } from './row.ts';
import type { RowResult, SliceOf } from './slice.ts';

/** Rows at work at once. */
const WIDTH = 25;
/** Rows whose results are in memory. */
const LONGEST = 10_000;
/** Rows that meet faults of ours and are refused for it, when it was tried often enough. More of them are no bad rows. */
const FAULTS_BORNE = 10;
/** Longer than the rest of an upload may wait in a DLQ. */
const KEPT_SECONDS = 20 * 86_400;

export interface RowWork {
  /** No more rows may be begun. */
  isFull(): boolean;
  /** Begins a row when there is a place for it. */
  begin(row: Row): Promise<void>;
  /** The file itself cannot be read on. */
  stopFor(error: unknown): void;
  /** When all that was begun has ended, what became of it. Throws a fault of ours; at the last try, only for many. */
  end(): Promise<{ results: readonly RowResult[]; refusal: RequestError | undefined }>;
}

export function createRowWork(parts: IngestParts, slice: SliceOf): RowWork {
  const lanes = createLanes(WIDTH);
  const outcomes = new Map<number, Outcome>();
  const faults: unknown[] = [];
  let borne = slice.isLastTry ? FAULTS_BORNE : 0;
  let refusal: RequestError | undefined;

  function refuse(row: number, error: unknown): void {
    if (isTheirs(error) || borne-- > 0) outcomes.set(row, refusedFor(error, parts.observe));
    else faults.push(error);
  }

  async function carryOut(row: number, { accept }: PreparedRequest, isNamed: boolean): Promise<void> {
    try {
      const started = await accept();
      outcomes.set(row, acceptedAs(isNamed ? started : { ...started, replayed: false }));
    } catch (error) {
      refuse(row, error);
    }
  }

  return {
    isFull: () => outcomes.size >= LONGEST || faults.length > 0,
    async begin(row) {
      try {
        const { prepared, isNamed } = await prepareRow(parts, slice, row);
        await lanes.enter(prepared.about, () => carryOut(row.number, prepared, isNamed));
      } catch (error) {
        refuse(row.number, error);
      }
    },
    stopFor(error) {
      refusal = refusalOf(error);
      if (!refusal) faults.push(error);
    },
    async end() {
      await lanes.idle();
      if (faults.length > 0) throw faults[0];
      const results = [...outcomes].map(([row, outcome]) => ({ row, ...outcome })).sort((a, b) => a.row - b.row);
      return { results, refusal };
    },
  };
}

const isTheirs = (error: unknown): boolean => (refusalOf(error)?.status ?? 500) < 500;

/**
 * A row as a request, which has its effect once: by its `clientId` as an item of a bulk request, else by its place in the
 * file, where to come again is no repetition of the sender's.
 */
async function prepareRow(parts: IngestParts, { caller, digest }: SliceOf, row: Row) {
  const json = row.json();
  const { clientId } = parseRequest(BulkItemSchema, json);
  const request = parseRequest(StartConversationSchema, {
    type: 'contact',
    organization: caller.organization,
    ...Object(json),
  });
  const name = clientId === undefined ? `row ${digest} ${row.number}` : `clientId ${clientId}`;
  const once: Once = {
    key: recordKeyOf(caller.organization, name),
    fingerprint: fingerprintOf('item', Buffer.from(JSON.stringify(json))),
    keptSeconds: KEPT_SECONDS,
    ...(clientId !== undefined && { field: 'clientId' }),
  };
  return { prepared: await prepareRequest(parts, caller, request, once), isNamed: clientId !== undefined };
}
