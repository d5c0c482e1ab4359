import { isTerminal, type Message } from '../domain/message.ts';
import { createPredecessorSearch } from '../domain/order.ts';
import { MESSAGE_PREFIX, MESSAGES_END } from './keys.ts';
import { readMessages } from './message-range.ts';
import type { Table } from './table.ts';

const TURN_PAGE = 8;

/** A message, and the older one that must finish before it (none: it is its turn). One round trip as a rule. */
export async function readTurn(
  table: Table,
  conversation: string,
  key: string,
): Promise<{ own?: Message; predecessor?: Message }> {
  const search = createPredecessorSearch();
  const read = { table, conversation, from: MESSAGE_PREFIX, to: key, newestFirst: true, pageSize: TURN_PAGE };
  let own: Message | undefined;
  for await (const page of readMessages(read)) {
    for (const message of page) {
      if (own === undefined) {
        if (message.key !== key) return {};
        own = message;
      } else if (search.visit(message)) {
        const predecessor = search.found();
        return { own, ...(predecessor && { predecessor }) };
      }
    }
  }
  return { ...(own && { own }) };
}

const ADVANCE_PAGE = 10;

/**
 * The message to wake when the one at `key` is finished: the first later one that is not, within one page; a page full
 * of finished ones answers its last, whose own tick goes on from there.
 */
export async function findNext(table: Table, conversation: string, key: string): Promise<Message | undefined> {
  const read = { table, conversation, from: `${key}~`, to: MESSAGES_END, newestFirst: false, pageSize: ADVANCE_PAGE };
  for await (const page of readMessages(read)) {
    return (
      page.find((message) => !isTerminal(message.state)) ??
      (page.length === ADVANCE_PAGE ? page.findLast(({ type }) => type !== 'status') : undefined)
    );
  }
  return undefined;
}
