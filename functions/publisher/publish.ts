import { createHash } from 'node:crypto';
import type { DynamoDBRecord } from 'aws-lambda';
import type { Webhook } from '../../shared/contracts/configuration.ts';
import type { Notification } from '../../shared/contracts/queue-messages.ts';
import { messageCreated } from '../../shared/domain/events.ts';
import type { Outgoing, QueueSender } from '../../shared/queue/send.ts';
import type { Clock } from '../../shared/runtime/clock.ts';
import type { ConfigurationReader } from '../../shared/store/configuration.ts';
import { inboxWrites } from '../../shared/store/inboxes.ts';
import { conversationKey } from '../../shared/store/keys.ts';
import { batchGet, batchWrite, type Table } from '../../shared/store/table.ts';
import { changedItemOf } from './changed-item.ts';
import { type DomainEvent, domainEventsOf } from './domain-event.ts';
import { wants, webhooksAbove } from './listeners.ts';

export interface PublishParts {
  readonly table: Table;
  readonly configuration: ConfigurationReader;
  readonly notifications: QueueSender<Notification>;
  readonly clock: Pick<Clock, 'now'>;
}

/** An event and those who may want to hear of it. */
interface Heard {
  readonly event: DomainEvent;
  readonly webhooks: readonly Webhook[];
}

/**
 * Brings inboxes up to date with a batch of the stream, and hands the events that it tells of to the queue, once for each
 * webhook that wants them. Repeating a batch repeats its notifications with their ids. Throws when the table or the queue
 * did not take something.
 */
export async function publish(parts: PublishParts, records: readonly DynamoDBRecord[]): Promise<void> {
  const changes = records.map(changedItemOf);
  await batchWrite(parts.table, inboxWrites(changes));
  const events = changes.flatMap(domainEventsOf);
  const heard = await Promise.all(
    events.map(async (event): Promise<Heard> => ({ event, webhooks: await webhooksAbove(parts.configuration, event) })),
  );
  const named = await nameMessages(
    parts.table,
    heard.filter(({ webhooks }) => webhooks.length > 0),
  );
  const now = parts.clock.now();
  await parts.notifications.send(named.flatMap((one) => notificationsOf(one, now)));
}

function notificationsOf({ event: happened, webhooks }: Heard, now: number): Outgoing<Notification>[] {
  const { id, event, organization, at, ids } = happened;
  return webhooks
    .filter((webhook) => wants(webhook, event))
    .map(({ id: service, organization: owner }) => ({
      body: { delivery: deliveryOf(id, service), service, owner, organization, event, at, ids, attempt: 0, since: now },
      // Its own group, so that a service which does not answer holds up nobody else's events.
      group: service,
    }));
}

const deliveryOf = (event: string, service: string): string =>
  createHash('sha256').update(`${event}:${service}`).digest('hex').slice(0, 24);

/** Gives new messages their full name, for which their conversations are read: only where somebody listens. */
async function nameMessages(table: Table, heard: readonly Heard[]): Promise<Heard[]> {
  const conversations = new Set(
    heard.flatMap(({ event: { event, ids } }) => (event === 'message.create' ? (ids.conversation ?? []) : [])),
  );
  const items = await batchGet(table, [...conversations].map(conversationKey), true);
  const types = new Map(items.map(({ pk, type }) => [pk, typeof type === 'string' ? type : 'contact']));
  return heard.map(({ event, webhooks }) => {
    if (event.event !== 'message.create') return { event, webhooks };
    const type = types.get(conversationKey(event.ids.conversation ?? '').pk) ?? 'contact';
    return { webhooks, event: { ...event, event: messageCreated(type, event.messageType ?? 'chat') } };
  });
}
