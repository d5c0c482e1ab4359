/**
 * Which records of a batch failed, by the answer of a function that reports them: none for no answer or an empty list.
 * Answers 'all' where Lambda takes the whole batch for failed: an answer that is no such report, and an identifier that
 * is empty, missing, or not in the batch.
 */
export function readBatchFailures(answer: unknown, identifiers: ReadonlySet<string>): 'all' | Set<string> {
  if (answer === null || answer === undefined) return new Set();
  if (typeof answer !== 'object') return 'all';
  const failures = (answer as { batchItemFailures?: unknown }).batchItemFailures ?? [];
  if (!Array.isArray(failures)) return 'all';
  const failed = new Set<string>();
  for (const failure of failures) {
    const identifier = (failure as { itemIdentifier?: unknown } | null)?.itemIdentifier;
    if (typeof identifier !== 'string' || !identifiers.has(identifier)) return 'all';
    failed.add(identifier);
  }
  return failed;
}
