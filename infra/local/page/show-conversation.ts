import type { ServerResponse } from 'node:http';
import { getConversation } from '../../../shared/store/conversations.ts';
import { listNewest } from '../../../shared/store/message-lists.ts';
import type { Table } from '../../../shared/store/table.ts';
import type { UserReader } from '../../../shared/store/users.ts';
import { conversationView } from '../../../shared/views/conversation-view.ts';
import { messageView } from '../../../shared/views/message-view.ts';
import { conversationPage } from './conversation-page.ts';
import { findBySlug } from './find-by-slug.ts';

/** Where `url` of a conversation leads at home. */
export const PAGE_PATH = '/c/';
const SHOWN = 100;

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};

/** Answers the page of the conversation with this slug, with its newest messages; 404 when there is none. */
export function createPages(table: Table, users: UserReader) {
  const known = new Map<string, string>();
  return async (slug: string, response: ServerResponse): Promise<void> => {
    const id = known.get(slug) ?? (await findBySlug(table, slug));
    const conversation = id && (await getConversation(table, id, { consistent: true }));
    if (!conversation || conversation.deletedAt !== undefined) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('There is no such conversation.');
      return;
    }
    known.set(slug, conversation.id);
    const messages = await listNewest(table, conversation.id, SHOWN);
    const participants = await users.users(Object.keys(conversation.participants));
    const page = conversationPage(
      conversationView(conversation, [], participants, ''),
      messages.map((message) => messageView(message, conversation.orgPath)),
    );
    response.writeHead(200, HEADERS).end(page);
  };
}
