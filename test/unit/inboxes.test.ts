import { describe, expect, it } from 'vitest';
import type { Conversation } from '../../shared/domain/conversation.ts';
import { toConversationItem } from '../../shared/store/conversation-item.ts';
import { inboxWrites } from '../../shared/store/inboxes.ts';
import { toMessageItems } from '../../shared/store/message-item.ts';
import type { Item } from '../../shared/store/table.ts';
import { AGENT, aConversation, aMessage, aParticipant, NOW, newId, OTHER_AGENT } from '../support/builders.ts';

const id = newId();
const item = (overrides: Partial<Conversation> = {}): Item =>
  toConversationItem(aConversation({ id, ...overrides }), []);
const place = `${NOW}#${id}`;

/** The writes of one change, `+` for a put and `-` for a deletion. */
const written = (...changes: readonly (readonly [Item | undefined, Item | undefined])[]): string[] =>
  inboxWrites(changes.map(([before, after]) => ({ before, after })))
    .map((write) =>
      'PutRequest' in write
        ? `+ ${write.PutRequest.Item.pk} ${write.PutRequest.Item.sk}`
        : `- ${write.DeleteRequest.Key.pk} ${write.DeleteRequest.Key.sk}`,
    )
    .sort();

const queued = `Q#${AGENT} 0#queued#${place}`;

describe('the inboxes', () => {
  it('list a new conversation with its agents and its channels', () =>
    expect(written([undefined, item({ channels: ['h1', 'h2'] })])).toEqual(
      [`+ ${queued}`, `+ Q#h1 ${place}`, `+ Q#h2 ${place}`].sort(),
    ));

  it.each<[string, Partial<Conversation>, string[]]>([
    ['status', { status: 'active' }, [`+ Q#${AGENT} 0#active#${place}`, `- ${queued}`]],
    [
      'personal inbox',
      { participants: { [AGENT]: aParticipant({ inbox: true }) } },
      [`+ Q#${AGENT} 1#queued#${place}`, `- ${queued}`],
    ],
    ['channels', { channels: ['h1'] }, [`+ Q#h1 ${place}`]],
    [
      'participants',
      { participants: { [OTHER_AGENT]: aParticipant() } },
      [`+ Q#${OTHER_AGENT} 0#queued#${place}`, `- ${queued}`],
    ],
    ['deletion', { deletedAt: NOW }, [`- ${queued}`]],
    ['other fields', { name: 'Jane', seq: 7, lastAt: NOW + 1, version: 2 }, []],
  ])('follow a change of %s', (_, change, expected) =>
    expect(written([item(), item(change)])).toEqual(expected.sort()),
  );

  it('forget a conversation that was purged', () => expect(written([item(), undefined])).toEqual([`- ${queued}`]));

  it.each([
    ['a bot that takes part', aParticipant({ role: 'bot', active: true }), []],
    ['a guest that takes part', aParticipant({ role: 'guest' }), []],
    ['an admin', aParticipant({ role: 'admin' }), [`+ ${queued}`]],
    ['a bot that it was assigned to', aParticipant({ role: 'bot', inbox: true }), [`+ Q#${AGENT} 1#queued#${place}`]],
  ])('of a conversation with %s', (_, participant, expected) =>
    expect(written([undefined, item({ participants: { [AGENT]: participant } })])).toEqual(expected),
  );

  it('come to the last of several changes, with one write for a key', () => {
    const states = [item(), item({ status: 'active' }), item({ status: 'closed' }), item()];
    const changes = states.slice(1).map((after, index): [Item | undefined, Item] => [states[index], after]);
    expect(written(...changes)).toEqual(
      [`+ ${queued}`, `- Q#${AGENT} 0#active#${place}`, `- Q#${AGENT} 0#closed#${place}`].sort(),
    );
  });

  it('pass over every other item', () =>
    expect(written([undefined, toMessageItems(aMessage()).item], [undefined, { pk: 'O#1', sk: '@' }])).toEqual([]));
});
