const MAX_DELAY_SECONDS = 900;
const MAX_ENTRIES = 10;

interface Entry {
  Id: string;
  DelaySeconds?: number;
}
interface BatchResult {
  Successful?: unknown[];
  Failed?: unknown[];
}

const isRefused = ({ DelaySeconds: seconds }: { DelaySeconds?: number }): boolean =>
  seconds !== undefined && !(Number.isInteger(seconds) && seconds >= 0 && seconds <= MAX_DELAY_SECONDS);

const reasonFor = (seconds: number | undefined): string =>
  `Value ${seconds} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= ${MAX_DELAY_SECONDS}.`;

/** SQS's error for a SendMessage with a delay outside 0-900 s, which fauxqs would accept; undefined where it is legal. */
export function refuseDelay(message: { DelaySeconds?: number }): { __type: string; message: string } | undefined {
  if (!isRefused(message)) return undefined;
  return { __type: 'com.amazonaws.sqs#InvalidParameterValue', message: reasonFor(message.DelaySeconds) };
}

/**
 * Parts a batch into the entries to send on and the failures SQS reports for the others: a bad entry fails alone. A batch
 * that is refused as a whole (too many entries, an id twice) is left as it is, for the queue to refuse.
 */
export function splitBatchByDelay<E extends Entry>(entries: readonly E[]) {
  const isBatch = entries.length <= MAX_ENTRIES && new Set(entries.map(({ Id }) => Id)).size === entries.length;
  const refused = isBatch ? entries.filter(isRefused) : [];
  const failures = refused.map(({ Id, DelaySeconds }) => ({
    Id,
    SenderFault: true,
    Code: 'InvalidParameterValue',
    Message: reasonFor(DelaySeconds),
  }));
  return { accepted: entries.filter((entry) => !refused.includes(entry)), failures };
}

export const withFailures = (result: BatchResult, failures: readonly unknown[]): BatchResult => ({
  ...result,
  Successful: result.Successful ?? [],
  Failed: [...(result.Failed ?? []), ...failures],
});
