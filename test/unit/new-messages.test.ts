import { describe, expect, it } from 'vitest';
import { newMessages } from '../../shared/acceptance/new-messages.ts';
import type { AcceptedDraft } from '../../shared/domain/acceptance.ts';
import { createIdMaker } from '../../shared/runtime/ids.ts';
import { messageSk } from '../../shared/store/keys.ts';
import { AGENT, NOW, newId, ORGANIZATION, OTHER_AGENT } from '../support/builders.ts';

const made = (...drafts: Partial<AcceptedDraft>[]) =>
  newMessages(
    drafts.map((draft): AcceptedDraft => ({ type: 'chat', role: 'agent', text: 'Hi', ...draft })),
    { conversation: newId(), organization: ORGANIZATION, user: AGENT, acceptedAt: NOW, firstSeq: 5 },
    createIdMaker(),
  );

describe('accepted messages', () => {
  it('are due their delay after acceptance, each on its own, and numbered in array order', () =>
    expect(made({}, { delay: 3_000 }, { delay: 0 }).map(({ due, seq, key }) => [due, seq, key])).toEqual([
      [NOW, 5, messageSk(NOW, 5)],
      [NOW + 3_000, 6, messageSk(NOW + 3_000, 6)],
      [NOW, 7, messageSk(NOW, 7)],
    ]));

  it('expire a day after they are due', () =>
    expect(made({ delay: 3_000 })[0]?.expiresAt).toBe(NOW + 3_000 + 24 * 3600_000));

  it('have ids of their own, in array order', () => {
    const ids = made({}, {}, {}).map(({ id }) => id);
    expect(new Set(ids).size).toBe(3);
    expect(ids.toSorted()).toEqual(ids);
  });

  it.each<[string, Partial<AcceptedDraft>, string]>([
    ['of an agent is the key’s owner’s', { role: 'agent' }, AGENT],
    ['of a bot is the key’s owner’s', { role: 'bot' }, AGENT],
    ['that names its user is that user’s', { role: 'agent', user: OTHER_AGENT }, OTHER_AGENT],
    [
      'that is a command is the key’s owner’s, also with role agent',
      { type: 'command', text: '/leave', role: 'agent' },
      AGENT,
    ],
    [
      'that is a command is the key’s owner’s, also with role contact',
      { type: 'command', text: '/leave', role: 'contact' },
      AGENT,
    ],
  ])('a message %s', (_which, draft, user) => expect(made(draft)[0]?.user).toBe(user));
});
