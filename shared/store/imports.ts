import * as z from 'zod';
import { absent, all, any, atMost, equals } from './expression.ts';
import { importKey, TABLE } from './keys.ts';
import { type Table, updateItem } from './table.ts';

/** Longer than a DLQ keeps the message that could go on with it. */
const KEPT_SECONDS = 30 * 86_400;

const CountSchema = z.int().nonnegative();

/** How far a file is: rows up to `row` are done, and end at the byte `offset`. */
const ProgressSchema = z.object({
  offset: CountSchema,
  row: CountSchema,
  /** Files of results. */
  parts: CountSchema,
  created: CountSchema,
  appended: CountSchema,
  repeated: CountSchema,
  refused: CountSchema,
  /** Of endpoints of another system: contacts that were known, opt-outs that stand, and what does not come together. */
  found: CountSchema,
  optedOut: CountSchema,
  conflicts: CountSchema,
  /** Epoch milliseconds. */
  startedAt: z.number(),
});
export type Progress = z.infer<typeof ProgressSchema>;

const NOTHING_YET = { created: 0, appended: 0, repeated: 0, refused: 0, found: 0, optedOut: 0, conflicts: 0 };

export type ClaimedImport =
  | { readonly claimed: true; readonly progress: Progress }
  /** It is finished, or somebody else is at work on it. */
  | { readonly claimed: false; readonly isDone: boolean };

export interface ImportLease {
  readonly now: number;
  readonly leaseMs: number;
  /** Names who is at work. */
  readonly token: string;
}

/** Takes a file to work on, unless it is done or somebody's lease still runs. The lease must outlive who takes it. */
export async function claimImport(table: Table, digest: string, lease: ImportLease): Promise<ClaimedImport> {
  const { now, leaseMs, token } = lease;
  const outcome = await updateItem(
    table,
    importKey(digest),
    {
      set: { token, leaseUntil: now + leaseMs, [TABLE.timeToLive]: Math.floor(now / 1000) + KEPT_SECONDS },
      fill: { offset: 0, row: 0, parts: 0, ...NOTHING_YET, startedAt: now },
    },
    any(absent('pk'), all(absent('doneAt'), any(atMost('leaseUntil', now), equals('token', token)))),
  );
  if (outcome.done) return { claimed: true, progress: ProgressSchema.parse(outcome.item) };
  return { claimed: false, isDone: outcome.old?.doneAt !== undefined };
}

/** Notes how far it is, and gives it back. False: the lease was somebody else's by then, and nothing was noted. */
export async function saveImport(
  table: Table,
  digest: string,
  { token, progress, doneAt }: { token: string; progress: Progress; doneAt?: number },
): Promise<boolean> {
  const set = { ...progress, leaseUntil: 0, doneAt };
  return (await updateItem(table, importKey(digest), { set }, equals('token', token))).done;
}
