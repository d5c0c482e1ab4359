import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Message, MessageState } from '../../shared/domain/message.ts';
import { createDocumentClient } from '../../shared/runtime/clients.ts';
import { bodyKey, messageKey, messageSk } from '../../shared/store/keys.ts';
import { toMessage } from '../../shared/store/message-item.ts';
import { listBetween, listNewest } from '../../shared/store/message-lists.ts';
import { appendMessages, getMessage, locateMessage } from '../../shared/store/messages.ts';
import type { Table } from '../../shared/store/table.ts';
import { findNext, readTurn } from '../../shared/store/turn.ts';
import { aMessage, NOW, newId, tableOf } from '../support/builders.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';

let emulator: TestTable;
let table: Table;
beforeAll(async () => {
  emulator = await startTestTable();
  table = tableOf(emulator);
});
afterAll(() => emulator.stop());

const read = (message: Message) => getMessage(table, message.conversation, message.key);
const rawItem = async (key: { pk: string; sk: string }) =>
  (await table.client.send(new GetCommand({ TableName: table.name, Key: key }))).Item;

/** A conversation of messages, one a minute, numbered from 1, in these states. */
async function conversationOf(...states: (MessageState | Partial<Message>)[]): Promise<Message[]> {
  const conversation = newId();
  const messages = states.map((state, index) =>
    aMessage({
      conversation,
      seq: index + 1,
      due: NOW + index * 60_000,
      ...(typeof state === 'string' ? { state } : state),
    }),
  );
  for (let start = 0; start < messages.length; start += 40)
    await appendMessages(table, messages.slice(start, start + 40));
  return messages;
}
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe('a message', () => {
  it('is read back as it was written', async () => {
    const message = aMessage({
      delay: 3_000,
      isBackchannel: true,
      contentType: 'text/html',
      meta: { template: 'x', parameters: ['a', 1, null], nested: { deep: true } },
      actions: [{ type: 'reply', text: 'Yes', payload: 'yes' }],
      items: [{ title: 'Card' }],
      results: [{ name: 'size', values: [1] }],
      template: { name: 'x', language: 'nl', parameters: ['a'] },
      state: 'unknown',
      attempt: 2,
      notBefore: NOW,
      token: 't',
      lease: NOW,
      until: NOW,
      firstSentAt: NOW,
      unclear: true,
      inbound: true,
      service: 's',
      provider: 'twilio',
      providerId: 'SM1',
      error: { code: '1', class: 'throttled', message: 'm' },
      receipt: { status: 'accepted', at: NOW },
      receipts: [{ status: 'accepted', at: NOW }],
    });
    await appendMessages(table, [message]);
    expect(await read(message)).toEqual(message);
  });

  it('is not there where nothing was written', async () => expect(await read(aMessage())).toBeUndefined());

  it('that this version cannot read is an error', () =>
    expect(() => toMessage({ ...messageKey('x', messageSk(NOW, 1)), id: 'y' })).toThrow());

  it('with a large body keeps that apart, and is read back whole', async () => {
    const message = aMessage({ text: 'é'.repeat(600), meta: { subject: 'Long' } });
    await appendMessages(table, [message]);
    expect(await rawItem(messageKey(message.conversation, message.key))).not.toHaveProperty('text');
    expect(await rawItem(bodyKey(message.conversation, message.id))).toMatchObject({ text: message.text });
    expect(await read(message)).toEqual({ ...message, bodyApart: true });
  });

  it('with a body of up to a kilobyte is one item', async () => {
    const message = aMessage({ text: 'x'.repeat(1_024 - '{"text":""}'.length) });
    await appendMessages(table, [message]);
    expect(await rawItem(bodyKey(message.conversation, message.id))).toBeUndefined();
    expect(await read(message)).toEqual(message);
  });

  it('is found by its id', async () => {
    const message = aMessage();
    await appendMessages(table, [message]);
    expect(await locateMessage(table, message.id)).toEqual({ conversation: message.conversation, key: message.key });
    expect(await locateMessage(table, newId())).toBeUndefined();
  });
});

describe('storing messages in their places', () => {
  const several = (count: number) => {
    const conversation = newId();
    return Array.from({ length: count }, (_, index) => aMessage({ conversation, seq: index + 1 }));
  };

  it.each([1, 2, 40])('stores all of %d', async (count) => {
    const messages = several(count);
    await appendMessages(table, messages);
    for (const message of messages) expect(await read(message)).toEqual(message);
  });

  it('stores forty large ones', async () => {
    const conversation = newId();
    const messages = Array.from({ length: 40 }, (_, index) =>
      aMessage({ conversation, seq: index + 1, text: `${index} ${'x'.repeat(2_000)}` }),
    );
    await appendMessages(table, messages);
    expect((await listNewest(table, conversation, 40)).map(({ text }) => text)).toEqual(
      messages.map(({ text }) => text),
    );
  });

  it.each([1, 3])('repeated with the same %d is success, and leaves what became of them', async (count) => {
    const messages = several(count);
    await appendMessages(
      table,
      messages.map((message) => ({ ...message, state: 'done' as const })),
    );
    await appendMessages(table, messages);
    for (const message of messages) expect((await read(message))?.state).toBe('done');
  });

  it('never replaces another message', async () => {
    const [first, second] = several(2);
    if (!first || !second) throw new Error('There are two.');
    await appendMessages(table, [first, second]);
    await expect(appendMessages(table, [aMessage({ ...first, id: newId() }), second])).rejects.toThrow();
    expect(await read(first)).toEqual(first);
  });
});

describe('whose turn it is', () => {
  const turnOf = async (messages: Message[], position: number) => {
    const message = messages.at(position);
    if (!message) throw new Error('There is no such message.');
    const { own, predecessor } = await readTurn(table, message.conversation, message.key);
    return { own: own?.seq, predecessor: predecessor?.seq };
  };

  it('is the first message’s', async () => {
    const messages = await conversationOf('pending', 'pending');
    expect(await turnOf(messages, 0)).toEqual({ own: 1, predecessor: undefined });
  });

  it('is the one’s behind finished ones', async () => {
    const messages = await conversationOf('sent', 'done', 'failed', 'pending', 'pending');
    expect(await turnOf(messages, 3)).toEqual({ own: 4, predecessor: undefined });
    expect(await turnOf(messages, 4)).toEqual({ own: 5, predecessor: 4 });
  });

  it.each([6, 7, 8, 9, 20])('is looked for behind %d canceled ones, page by page', async (count) => {
    const messages = await conversationOf('pending', ...times(count, 'canceled' as const), 'pending');
    expect(await turnOf(messages, -1)).toEqual({ own: count + 2, predecessor: 1 });
  });

  it.each([6, 7, 8, 9, 20])('is the one’s behind %d canceled ones and nothing else', async (count) => {
    const messages = await conversationOf(...times(count, 'canceled' as const), 'pending');
    expect(await turnOf(messages, -1)).toEqual({ own: count + 1, predecessor: undefined });
  });

  it('is not decided by inbound messages', async () => {
    const messages = await conversationOf('unknown', ...times(9, { state: 'done', inbound: true } as const), 'pending');
    expect(await turnOf(messages, -1)).toEqual({ own: 11, predecessor: 1 });
  });

  it('is not decided by other conversations, nor by bodies that are kept apart', async () => {
    const conversation = newId();
    await conversationOf('pending');
    const message = aMessage({ conversation, text: 'x'.repeat(2_000) });
    await appendMessages(table, [message]);
    expect((await readTurn(table, conversation, message.key)).predecessor).toBeUndefined();
  });

  it('is nobody’s where there is no such message', async () => {
    const [message] = await conversationOf('pending');
    if (!message) throw new Error('There is one.');
    expect(await readTurn(table, message.conversation, messageSk(NOW + 1, 9))).toEqual({});
    expect(await readTurn(table, newId(), message.key)).toEqual({});
  });
});

describe('the message to wake next', () => {
  const nextAfter = async (messages: Message[], position: number) => {
    const message = messages.at(position);
    if (!message) throw new Error('There is no such message.');
    return (await findNext(table, message.conversation, message.key))?.seq;
  };

  it.each<[string, (MessageState | Partial<Message>)[], number | undefined]>([
    ['none behind the last', ['sent'], undefined],
    ['the one behind it', ['sent', 'pending', 'pending'], 2],
    ['the first one that is not finished', ['sent', 'canceled', 'done', 'moved', 'failed', 'unknown', 'pending'], 6],
    ['none when all are finished', ['sent', 'done', 'sent'], undefined],
    ['the tenth', ['sent', ...times(9, 'canceled' as const), 'pending'], 11],
    [
      'the last of a page of finished ones, to go on from there',
      ['sent', ...times(10, 'canceled' as const), 'pending'],
      11,
    ],
    [
      'the last of a page of finished ones, however many follow',
      ['sent', ...times(25, 'canceled' as const), 'pending'],
      11,
    ],
  ])('is %s', async (_which, states, expected) =>
    expect(await nextAfter(await conversationOf(...states), 0)).toBe(expected),
  );

  it('is reached from page to page', async () => {
    const messages = await conversationOf('sent', ...times(25, 'canceled' as const), 'pending');
    let at = 1;
    const stops: number[] = [];
    for (let hop = 0; hop < 5 && at !== 27; hop++) {
      at = (await nextAfter(messages, at - 1)) ?? 27;
      stops.push(at);
    }
    expect(stops).toEqual([11, 21, 27]);
  });

  it('is never itself, nor an older one', async () => {
    const messages = await conversationOf('pending', 'pending', 'sent');
    expect(await nextAfter(messages, 1)).toBeUndefined();
  });

  it('goes by due time, then by number', async () => {
    const conversation = newId();
    const first = aMessage({ conversation, seq: 5, due: NOW });
    const later = aMessage({ conversation, seq: 2, due: NOW + 1 });
    const sameTime = aMessage({ conversation, seq: 10, due: NOW });
    await appendMessages(table, [first, later, sameTime]);
    expect((await findNext(table, conversation, first.key))?.seq).toBe(10);
    expect((await findNext(table, conversation, sameTime.key))?.seq).toBe(2);
  });
});

describe('what decides about sending', () => {
  it('is read consistently', async () => {
    const client = createDocumentClient(new DynamoDBClient({ region: 'us-east-1' }));
    const mock = mockClient(client);
    mock.on(QueryCommand).resolves({ Items: [] });
    mock.on(GetCommand).resolves({});
    const elsewhere: Table = { client, name: 'x' };
    const { conversation, key } = aMessage();
    await readTurn(elsewhere, conversation, key);
    await findNext(elsewhere, conversation, key);
    await listBetween(elsewhere, conversation, { from: NOW, to: NOW });
    await getMessage(elsewhere, conversation, key);
    const inputs = [
      ...mock.commandCalls(QueryCommand).map(({ args }) => args[0].input),
      ...mock.commandCalls(GetCommand).map(({ args }) => args[0].input),
    ];
    expect(inputs.map(({ ConsistentRead }) => ConsistentRead)).toEqual([true, true, true, true]);
  });
});

describe('the newest messages', () => {
  it('are the last ones, oldest first, whole', async () => {
    const messages = await conversationOf('sent', 'sent', { state: 'pending', text: 'x'.repeat(2_000) });
    const [, second, third] = messages;
    const listed = await listNewest(table, second?.conversation ?? '', 2);
    expect(listed.map(({ seq }) => seq)).toEqual([2, 3]);
    expect(listed[1]?.text).toBe(third?.text);
  });
});
