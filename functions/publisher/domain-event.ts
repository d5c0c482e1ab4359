import { createHash } from 'node:crypto';
import type { EventIds } from '../../shared/contracts/queue-messages.ts';
import { eventsOf, type ResourceKind } from '../../shared/domain/events.ts';
import { successor } from '../../shared/runtime/ids.ts';
import { conversationOf, kindOf } from '../../shared/store/keys.ts';
import type { Item } from '../../shared/store/table.ts';
import type { ChangedItem } from './changed-item.ts';

/** Something that happened, in ids and names only. */
export interface DomainEvent {
  /** The same however often the stream tells of it. */
  readonly id: string;
  readonly event: string;
  readonly organization: string;
  /** Unknown where the item does not say it. */
  readonly orgPath?: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly ids: EventIds;
  /** Of a message. */
  readonly messageType?: string;
}

/** The events that a change of an item raises. */
export function domainEventsOf({ record, writtenAt, before, after }: ChangedItem): DomainEvent[] {
  const item = after ?? before;
  const kind = item && kindOf({ pk: String(item.pk), sk: String(item.sk) });
  if (!item || !kind) return [];
  const at = changedAt(after) ?? writtenAt;
  const about = ABOUT[kind](item);
  return eventsOf(kind, { before, after }).map((event) => ({ id: idOf(record, event), event, at, ...about }));
}

/** When the write happened, by what it says itself: of its moments the last. */
function changedAt({ createdAt, updatedAt, lastLoginAt }: Item = {}): number | undefined {
  const known = [createdAt, updatedAt, lastLoginAt].filter((moment) => typeof moment === 'number');
  return known.length > 0 ? Math.max(...known) : undefined;
}

const idOf = (record: string, event: string): string =>
  createHash('sha256').update(`${record}:${event}`).digest('hex').slice(0, 24);

type About = Pick<DomainEvent, 'organization' | 'orgPath' | 'ids' | 'messageType'>;

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const configured =
  (kind: 'service' | 'channel' | 'watemplate') =>
  ({ organization, id }: Item): About => ({ organization: String(organization), ids: { [kind]: String(id) } });

/** By kind of item, whose it is and what its events are about. */
const ABOUT: Readonly<Record<ResourceKind, (item: Item) => About>> = {
  conversation: ({ pk, org, orgPath, contact, type }) => {
    const conversation = conversationOf(String(pk));
    const isOfContact = type === undefined || type === 'contact';
    return {
      organization: String(org),
      orgPath: String(orgPath),
      ids: { conversation, ...(isOfContact && { contact: text(contact) ?? successor(conversation) }) },
    };
  },
  message: ({ pk, sk, id, organization, type }) => ({
    organization: String(organization),
    ids: { conversation: conversationOf(String(pk)), message: String(id), key: String(sk) },
    messageType: String(type),
  }),
  organization: ({ id, path }) => ({
    organization: String(id),
    orgPath: text(path) ?? String(id),
    ids: { organization: String(id) },
  }),
  service: configured('service'),
  channel: configured('channel'),
  watemplate: configured('watemplate'),
  user: ({ id, organizations }) => {
    const memberships = organizations as { organization: string; orgPath?: string; selected?: boolean }[];
    const { organization = '', orgPath } = memberships.find(({ selected }) => selected) ?? memberships[0] ?? {};
    return { organization, ...(orgPath && { orgPath }), ids: { user: String(id) } };
  },
  event: ({ organization, ids }) => ({ organization: String(organization), ids: ids as EventIds }),
};
