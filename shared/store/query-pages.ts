import { QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Item, Table } from './table.ts';

export interface PagedQuery extends Omit<QueryCommandInput, 'TableName' | 'Limit' | 'ExclusiveStartKey'> {
  /** Goes on behind the item of this key, which lies within the conditions. */
  readonly after?: Item | undefined;
  /** Of the first page; later ones hold 100, because then there is a crowd to get through. */
  readonly pageSize: number;
}

const CROWD_PAGE = 100;

/** What a query finds, page by page; a page may be empty. */
export async function* queryPages(table: Table, { after, pageSize, ...query }: PagedQuery): AsyncGenerator<Item[]> {
  let start = after;
  let limit = pageSize;
  do {
    const page = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        ...query,
        Limit: limit,
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    yield page.Items ?? [];
    start = page.LastEvaluatedKey;
    limit = CROWD_PAGE;
  } while (start);
}
