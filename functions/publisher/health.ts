import type { Webhook } from '../../shared/contracts/configuration.ts';
import type { Clock } from '../../shared/runtime/clock.ts';
import type { Observer } from '../../shared/runtime/observe.ts';
import type { Table } from '../../shared/store/table.ts';
import { disableFailing, noteFailure, noteSuccess } from '../../shared/store/webhook-health.ts';

/** Successes of one webhook are noted this often at most: what they end is counted in days. */
const NOTED_EVERY_MS = 10 * 60_000;
const REMEMBERED_LIMIT = 10_000;

/** Whether webhooks take what they are told. */
export interface Health {
  succeeded(webhook: Webhook, wasFailing: boolean): Promise<void>;
  /** Disables a webhook that has been failing for too long; one that did not answer in time rests for as long. */
  failed(webhook: Webhook, code: string): Promise<void>;
  /** Until when a webhook is not asked again by this environment: the others are not to wait for it time and again. */
  restsUntil(webhook: Pick<Webhook, 'id'>): number | undefined;
}

export function createHealth(
  { table, clock, observe }: { table: Table; clock: Clock; observe: Observer },
  { failingMs, timeoutMs }: { readonly failingMs: number; readonly timeoutMs: number },
): Health {
  const notedAt = new Map<string, number>();
  const resting = new Map<string, number>();
  return {
    async succeeded({ id }, wasFailing) {
      const now = clock.now();
      if (!wasFailing && now - (notedAt.get(id) ?? Number.NEGATIVE_INFINITY) < NOTED_EVERY_MS) return;
      if (notedAt.size >= REMEMBERED_LIMIT) notedAt.clear();
      notedAt.set(id, now);
      await noteSuccess(table, id);
    },
    restsUntil({ id }) {
      const until = resting.get(id);
      if (until === undefined || until > clock.now()) return until;
      resting.delete(id);
      return undefined;
    },
    async failed(webhook, code) {
      const now = clock.now();
      if (code === 'timeout') {
        if (resting.size >= REMEMBERED_LIMIT) resting.clear();
        resting.set(webhook.id, now + timeoutMs);
      }
      notedAt.delete(webhook.id);
      const failingSince = await noteFailure(table, webhook.id, now);
      if (now - failingSince < failingMs || !(await disableFailing(table, webhook, now))) return;
      observe.count('WebhookDisabled');
      observe.warn('A webhook failed for too long and is disabled.', { service: webhook.id });
    },
  };
}
