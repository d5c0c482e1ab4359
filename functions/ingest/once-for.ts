import type { Once } from '../../shared/acceptance/once.ts';
import { fingerprintOf, recordKeyOf } from '../../shared/store/idempotency.ts';

/** Longer than the rest of an upload may wait in a DLQ. */
const KEPT_SECONDS = 20 * 86_400;

/** What a row that says `json` has its effect once by. */
export const onceFor = (organization: string, name: string, json: unknown): Once => ({
  key: recordKeyOf(organization, name),
  fingerprint: fingerprintOf('item', Buffer.from(JSON.stringify(json))),
  keptSeconds: KEPT_SECONDS,
});
