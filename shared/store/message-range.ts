import type { Message } from '../domain/message.ts';
import { conversationPk, messageKey } from './keys.ts';
import { toMessage } from './message-item.ts';
import { queryPages } from './query-pages.ts';
import type { Item, Table } from './table.ts';

export interface RangeRead {
  readonly table: Table;
  readonly conversation: string;
  readonly from: string;
  readonly to: string;
  readonly newestFirst: boolean;
  /** Goes on behind this place. */
  readonly after?: string | undefined;
  /** Of the first page. */
  readonly pageSize: number;
}

/** Messages between two sort keys (inclusive), page by page, consistently, without the bodies that are kept apart. */
export async function* readMessages(read: RangeRead): AsyncGenerator<Message[]> {
  for await (const items of readItems(read)) yield items.map((item) => toMessage(item));
}

export const readItems = ({
  table,
  conversation,
  from,
  to,
  newestFirst,
  after,
  pageSize,
}: RangeRead): AsyncGenerator<Item[]> =>
  queryPages(table, {
    KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
    ExpressionAttributeValues: { ':pk': conversationPk(conversation), ':from': from, ':to': to },
    ScanIndexForward: !newestFirst,
    ConsistentRead: true,
    after: after === undefined ? undefined : { ...messageKey(conversation, after) },
    pageSize,
  });
