import type { Touchpoint } from '../../../shared/domain/touchpoint.ts';
import type { ProviderName } from '../../../shared/providers/provider.ts';

/** A message that a person would have received. */
export interface OutboxEntry {
  readonly touchpoint: Touchpoint;
  readonly provider: ProviderName;
  /** E.164 with `+`, or an email address. */
  readonly to: string;
  readonly subject?: string;
  /** Of a template: with its parameters filled in. */
  readonly text: string;
  readonly template?: { readonly name: string; readonly language: string; readonly parameters: readonly string[] };
  readonly headers?: Readonly<Record<string, string>>;
  readonly providerId: string;
  /** Our own message id, out of the correlation that the request carried. */
  readonly messageId?: string;
}

export type Outbox = ReturnType<typeof createOutbox>;

export function createOutbox(now: () => number) {
  let kept: Array<{ seq: number; at: string } & OutboxEntry> = [];
  let lastSeq = 0;
  const rawOf = new Map<number, Buffer>();
  const writers = new Map<string, string>();

  return {
    /** `sender` is who wrote, as a reply would address it; `raw` the MIME of a mail. */
    add(entry: OutboxEntry, sender: string, raw?: Buffer): void {
      lastSeq += 1;
      kept.push({ seq: lastSeq, at: new Date(now()).toISOString(), ...entry });
      writers.set(`${entry.touchpoint} ${entry.to}`, sender);
      if (raw) rawOf.set(lastSeq, raw);
    },
    list: () => kept,
    raw: (seq: number) => rawOf.get(seq),
    /** Who last wrote to this contact; clearing the outbox does not forget it, as a telephone would not. */
    lastWriter: (touchpoint: Touchpoint, contact: string) => writers.get(`${touchpoint} ${contact}`),
    clear(): void {
      kept = [];
      rawOf.clear();
    },
  };
}

/** Our message id in a correlation: the `m` of a query string (`c=…&m=…`) or of a JSON object; else nothing. */
export function messageIdOf(correlation: string | undefined): string | undefined {
  if (!correlation) return undefined;
  if (!correlation.startsWith('{')) return new URLSearchParams(correlation).get('m') ?? undefined;
  try {
    const { m } = JSON.parse(correlation);
    return typeof m === 'string' ? m : undefined;
  } catch {
    return undefined;
  }
}
