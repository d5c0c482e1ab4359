import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { toConversation } from '../../../shared/store/conversation-item.ts';
import { INDEXES } from '../../../shared/store/keys.ts';
import { batchGet, type Item, type Table } from '../../../shared/store/table.ts';

const PAGE = 100;

/**
 * The id of the conversation with this slug. No index knows slugs, as an entry would cost every start a write: at home,
 * and nowhere else, all conversations are gone through.
 */
export async function findBySlug(table: Table, slug: string): Promise<string | undefined> {
  for await (const keys of conversationKeys(table)) {
    const items = await batchGet(table, keys, false);
    const found = items.find((item) => item.slug === slug && item.deletedAt === undefined);
    if (found) return toConversation(found).id;
  }
  return undefined;
}

async function* conversationKeys(table: Table): AsyncGenerator<{ pk: string; sk: string }[]> {
  let start: Item | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await table.client.send(
      new ScanCommand({
        TableName: table.name,
        IndexName: INDEXES.byOrganization.name,
        Limit: PAGE,
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    yield Items.map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) }));
    start = LastEvaluatedKey;
  } while (start);
}
