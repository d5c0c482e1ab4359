import { conversationKey, conversationOf, INDEXES, inboxPlace, readInboxPlace } from './keys.ts';
import { FIRST_PAGE_LIMIT, type PlacesRead } from './place-pages.ts';
import { queryPages } from './query-pages.ts';
import type { Item, Table } from './table.ts';

const { name: INDEX, partitionKey, sortKey } = INDEXES.byOrganization;

/** Places of an organization's conversations, page by page. The index may lag behind by moments. */
export async function* pageOrganization(
  table: Table,
  organization: string,
  { newestFirst, from, to, after, pageSize }: PlacesRead,
): AsyncGenerator<string[]> {
  const pages = queryPages(table, {
    IndexName: INDEX,
    KeyConditionExpression: '#org = :org AND #at BETWEEN :from AND :to',
    ExpressionAttributeNames: { '#org': partitionKey, '#at': sortKey },
    ExpressionAttributeValues: { ':org': organization, ':from': from, ':to': to },
    ScanIndexForward: !newestFirst,
    after: startOf(organization, after),
    pageSize: Math.min(pageSize, FIRST_PAGE_LIMIT),
  });
  for await (const items of pages) {
    yield items.map((item) => inboxPlace(Number(item[sortKey]), conversationOf(String(item.pk))));
  }
}

function startOf(organization: string, after: string | undefined): Item | undefined {
  const place = after === undefined ? undefined : readInboxPlace(after);
  return place && { ...conversationKey(place.conversation), [partitionKey]: organization, [sortKey]: place.createdAt };
}
