import { createHash } from 'node:crypto';
import type { DynamoDBRecord } from 'aws-lambda';
import type { BusEvent, RetoldEvent } from '../../shared/contracts/bus-event.ts';
import type { Notification } from '../../shared/contracts/queue-messages.ts';
import { fitsPattern, messageCreated } from '../../shared/domain/events.ts';
import type { Bus } from '../../shared/queue/bus.ts';
import type { Outgoing, QueueSender } from '../../shared/queue/send.ts';
import type { Clock } from '../../shared/runtime/clock.ts';
import type { ConfigurationReader } from '../../shared/store/configuration.ts';
import { inboxWrites } from '../../shared/store/inboxes.ts';
import { conversationKey } from '../../shared/store/keys.ts';
import { batchGet, batchWrite, type Table } from '../../shared/store/table.ts';
import { type Audience, audienceOf, isAnybody, wants } from './audience.ts';
import { changedItemOf } from './changed-item.ts';
import { type DomainEvent, domainEventsOf } from './domain-event.ts';

export interface PublishParts {
  readonly table: Table;
  readonly configuration: ConfigurationReader;
  readonly notifications: QueueSender<Notification | RetoldEvent>;
  readonly bus: Bus;
  readonly clock: Pick<Clock, 'now'>;
}

/** An event and those who may want to hear of it. */
interface Heard {
  readonly event: DomainEvent;
  readonly audience: Audience;
}

/**
 * Brings inboxes up to date with a batch of the stream, and hands on the events that it tells of: to the queue, once for
 * each webhook that wants them, and to the event bus where an organization wants that. Repeating a batch repeats them with
 * their ids. Throws when the table or the queue did not take something.
 */
export async function publish(parts: PublishParts, records: readonly DynamoDBRecord[]): Promise<void> {
  const changes = records.map(changedItemOf);
  await batchWrite(parts.table, inboxWrites(changes));
  const events = changes.flatMap(domainEventsOf);
  const heard = await Promise.all(
    events.map(async (event): Promise<Heard> => ({ event, audience: await audienceOf(parts.configuration, event) })),
  );
  const named = await nameMessages(
    parts.table,
    heard.filter(({ audience }) => isAnybody(audience)),
  );
  const now = parts.clock.now();
  await parts.notifications.send(named.flatMap((one) => notificationsOf(one, now)));
  await tellBus(parts, named);
}

/** What the bus does not take waits in the queue: it holds up neither inboxes nor webhooks. */
async function tellBus({ bus, notifications }: PublishParts, heard: readonly Heard[]): Promise<void> {
  const wanted = heard.filter(({ event: { event }, audience }) =>
    audience.busPatterns.some((pattern) => fitsPattern(pattern, event)),
  );
  const refused = await bus.put(wanted.map(busEventOf));
  await notifications.send(refused.map((event) => ({ body: { bus: event }, group: event.organization })));
}

function busEventOf({ event: { id, event, organization, ids, at }, audience: { orgPath } }: Heard): BusEvent {
  const { key: _place, ...shown } = ids;
  return { version: '1', id, event, organization, orgPath, ids: shown, at: new Date(at).toISOString() };
}

function notificationsOf({ event: happened, audience }: Heard, now: number): Outgoing<Notification>[] {
  const { id, event, organization, at, ids } = happened;
  return audience.webhooks
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
  return heard.map(({ event, audience }) => {
    if (event.event !== 'message.create') return { event, audience };
    const type = types.get(conversationKey(event.ids.conversation ?? '').pk) ?? 'contact';
    return { audience, event: { ...event, event: messageCreated(type, event.messageType ?? 'chat') } };
  });
}
