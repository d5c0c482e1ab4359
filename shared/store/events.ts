import type { EventIds } from '../contracts/queue-messages.ts';
import { eventKey } from './keys.ts';
import { putItem, type Table } from './table.ts';

const KEPT_SECONDS = 24 * 3600;

/** Something that happened and changed no item, so that the stream cannot tell of it otherwise. */
export interface NotedEvent {
  readonly id: string;
  readonly event: 'contact.conflict' | 'user.login';
  readonly organization: string;
  readonly ids: EventIds;
}

/** Lets the stream tell of an event; one write unit. */
export async function noteEvent(table: Table, { id, ...noted }: NotedEvent, now: number): Promise<void> {
  const ttl = Math.ceil(now / 1000) + KEPT_SECONDS;
  await putItem(table, { ...eventKey(noted.organization, id), ...noted, createdAt: now, ttl });
}
