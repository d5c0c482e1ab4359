import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  attachIdentities,
  createConversation,
  getConversation,
  reserveSequence,
} from '../../shared/store/conversations.ts';
import { markDeleted, purge } from '../../shared/store/deletion.ts';
import { findOwners, findOwnersPastAndPresent, identityOf } from '../../shared/store/identities.ts';
import { formerOwnerKey } from '../../shared/store/keys.ts';
import { getMessage } from '../../shared/store/messages.ts';
import type { Table } from '../../shared/store/table.ts';
import { aConversation, aMessage, NOW, newId, ORGANIZATION, tableOf } from '../support/builders.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';

let emulator: TestTable;
let table: Table;
beforeAll(async () => {
  emulator = await startTestTable();
  table = tableOf(emulator);
});
afterAll(() => emulator.stop());

const anIdentity = (kind: 'email' | 'telephone' = 'telephone') => identityOf('pepper', ORGANIZATION, kind, newId());
const LATER = NOW + 1_000;

async function stored() {
  const conversation = aConversation();
  const identity = anIdentity('telephone');
  const messages = [1, 2].map((seq) => aMessage({ conversation: conversation.id, seq, text: 'x'.repeat(2_000) }));
  await createConversation(table, { conversation, identities: [identity], messages });
  return { conversation, identity, messages };
}

/** The table, with something happening right after each read of a single item. */
const interrupted = (happen: () => Promise<unknown>): Table => ({
  name: table.name,
  client: Object.assign(Object.create(table.client), {
    send: async (command: Parameters<typeof table.client.send>[0]) => {
      const answer = await table.client.send(command);
      if (command instanceof GetCommand) await happen();
      return answer;
    },
  }),
});

describe('deleting a contact', () => {
  it('marks the conversation and frees its identifiers', async () => {
    const { conversation, identity } = await stored();
    expect(await markDeleted(table, conversation, LATER)).toBe(1);
    expect(await getConversation(table, conversation.id, { consistent: true })).toMatchObject({
      deletedAt: LATER,
      version: 1,
    });
    expect((await findOwners(table, [identity])).size).toBe(0);
  });

  it('is remembered beside its identifiers for an hour, whoever has them next', async () => {
    const { conversation, identity } = await stored();
    expect(await findOwnersPastAndPresent(table, identity)).toEqual([conversation.id]);
    await markDeleted(table, conversation, LATER);
    const next = aConversation();
    await createConversation(table, { conversation: next, identities: [identity], messages: [] });
    expect(await findOwnersPastAndPresent(table, identity)).toEqual([next.id, conversation.id]);
    const Key = formerOwnerKey(identity.key, conversation.id);
    const { Item } = await table.client.send(new GetCommand({ TableName: table.name, Key }));
    expect(Item?.ttl).toBe(LATER / 1_000 + 3_600);
  });

  it('that meets a new message writes nothing', async () => {
    const { conversation, identity } = await stored();
    await reserveSequence(table, conversation.id, { count: 1, now: LATER, token: 'request-1', conditions: [] });
    expect(await markDeleted(table, conversation, LATER)).toBeUndefined();
    expect((await findOwners(table, [identity])).get('telephone')).toBe(conversation.id);
  });

  it('never leaves behind an identifier that is attached at the same moment', async () => {
    const { conversation } = await stored();
    const late = anIdentity('email');
    let attached = false;
    const attach = async () => {
      if (attached) return;
      attached = true;
      await attachIdentities(table, { conversation, identities: [late], changes: {}, messages: [] });
    };
    for (let tries = 0; tries < 3; tries++) {
      if ((await markDeleted(interrupted(attach), conversation, LATER)) !== undefined) break;
    }
    expect((await getConversation(table, conversation.id, { consistent: true }))?.deletedAt).toBe(LATER);
    expect((await findOwners(table, [late])).size).toBe(0);
  });
});

describe('purging a conversation', () => {
  it('removes all of it, and may be repeated', async () => {
    const { conversation, messages } = await stored();
    await markDeleted(table, conversation, LATER);
    expect(await purge(table, conversation.id)).toBeGreaterThan(0);
    expect(await getConversation(table, conversation.id, { consistent: true })).toBeUndefined();
    for (const message of messages) expect(await getMessage(table, conversation.id, message.key)).toBeUndefined();
    expect(await purge(table, conversation.id)).toBe(0);
  });

  it('touches nothing that was not marked deleted', async () => {
    const { conversation, messages } = await stored();
    expect(await purge(table, conversation.id)).toBe(0);
    for (const message of messages) expect(await getMessage(table, conversation.id, message.key)).toBeDefined();
  });
});
