import { describe, expect, it } from 'vitest';
import {
  CONVERSATION_STATUSES,
  type ConversationStatus,
  type Participant,
  type ParticipantRole,
} from '../../shared/domain/conversation.ts';
import { LIFECYCLE } from '../../shared/domain/lifecycle.ts';
import type { Message } from '../../shared/domain/message.ts';
import { applyRule, type ConversationState, type RuleContext } from '../../shared/domain/rules.ts';
import { AGENT, aMessage, aParticipant, NOW, OTHER_AGENT } from '../support/builders.ts';

const LATER = NOW + 5_000;
const BOT = 'aaa000000000000000000999';
const ROLES: Readonly<Record<string, ParticipantRole>> = { [BOT]: 'bot', [AGENT]: 'agent', [OTHER_AGENT]: 'agent' };
/** Where somebody is, in the organization and above it. */
const EVERYWHERE = ['front-desk', 'workshop', 'garage'];
const CONTEXT: RuleContext = {
  now: LATER,
  channels: [
    { id: 'front-desk', organization: 'shop', isOnline: true },
    { id: 'workshop', organization: 'shop', isOnline: true },
    { id: 'garage', organization: 'above', isOnline: true, subscribers: [OTHER_AGENT] },
    { id: 'night', organization: 'above', isOnline: false, subscribers: [] },
  ],
  roleOf: (user) => ROLES[user],
};

const answering = (overrides: Partial<Participant> = {}) =>
  aParticipant({ active: true, accepted: true, ...overrides });
const waiting = (overrides: Partial<Participant> = {}) => aParticipant({ unreadCount: 3, inbox: true, ...overrides });

const state = (
  status: ConversationStatus,
  participants: Record<string, Participant> = {},
  channels: string[] = status === 'queued' ? ['front-desk'] : [],
): ConversationState => ({ status, participants, channels, channelsOffline: [] });

const outbound = aMessage({ role: 'agent' });
const backchannel = aMessage({ role: 'agent', isBackchannel: true });
const byBot = aMessage({ role: 'bot', user: BOT });
const byContact = aMessage({ role: 'contact', user: undefined });
const command = (text: string, overrides: Partial<Message> = {}) =>
  aMessage({ type: 'command', role: 'bot', text, ...overrides });

/** Flags of a participant in short: active, accepted, inbox, unread. */
type Flags = readonly [active: boolean, accepted: boolean, inbox: boolean, unread: number];
const flagsOf = ({ active, accepted, inbox, unreadCount }: Participant): Flags => [
  active,
  accepted,
  inbox,
  unreadCount,
];

interface Row {
  readonly when: string;
  readonly from: ConversationState;
  readonly message: Message;
  readonly status: ConversationStatus;
  readonly channels: string[];
  readonly participants: Record<string, Flags>;
}

const ROWS: readonly Row[] = [
  {
    when: 'an agent writes to the contact of a queued conversation: accepts and activates, notifications are withdrawn',
    from: state('queued', { [AGENT]: waiting() }),
    message: outbound,
    status: 'active',
    channels: [],
    participants: { [AGENT]: [true, true, false, 0] },
  },
  {
    when: 'an agent who is no participant writes to the contact of a queued conversation: joins and accepts',
    from: state('queued', {}),
    message: outbound,
    status: 'active',
    channels: [],
    participants: { [AGENT]: [true, true, false, 0] },
  },
  {
    when: 'an agent writes to the contact of a closed conversation: opens it again',
    from: state('closed', { [AGENT]: aParticipant() }),
    message: outbound,
    status: 'active',
    channels: [],
    participants: { [AGENT]: [true, true, false, 0] },
  },
  {
    when: 'a second agent writes to the contact of an active conversation: both answer it',
    from: state('active', { [AGENT]: answering() }),
    message: aMessage({ user: OTHER_AGENT }),
    status: 'active',
    channels: [],
    participants: { [AGENT]: [true, true, false, 0], [OTHER_AGENT]: [true, true, false, 0] },
  },
  {
    when: 'an agent writes in the backchannel of a queued conversation: joins only',
    from: state('queued', { [AGENT]: waiting() }),
    message: backchannel,
    status: 'queued',
    channels: ['front-desk'],
    participants: { [AGENT]: [true, false, false, 0] },
  },
  {
    when: 'an agent writes in the backchannel of a closed conversation: joins, and it stays closed',
    from: state('closed', {}),
    message: backchannel,
    status: 'closed',
    channels: [],
    participants: { [AGENT]: [true, false, false, 0] },
  },
  {
    when: 'a bot writes in a queued conversation: joins and accepts nothing',
    from: state('queued', {}),
    message: byBot,
    status: 'queued',
    channels: ['front-desk'],
    participants: { [BOT]: [true, false, false, 0] },
  },
  {
    when: 'a bot writes in a closed conversation: joins, and it stays closed',
    from: state('closed', { [BOT]: aParticipant({ role: 'bot' }) }),
    message: byBot,
    status: 'closed',
    channels: [],
    participants: { [BOT]: [true, false, false, 0] },
  },
  {
    when: 'the contact writes in a closed conversation: queued in all channels, unread by all',
    from: state('closed', { [AGENT]: aParticipant(), [OTHER_AGENT]: aParticipant({ unreadCount: 2 }) }),
    message: byContact,
    status: 'queued',
    channels: EVERYWHERE,
    participants: { [AGENT]: [false, false, false, 1], [OTHER_AGENT]: [false, false, false, 3] },
  },
  {
    when: 'the contact writes in a queued conversation: stays queued, in all channels',
    from: state('queued', { [AGENT]: waiting() }),
    message: byContact,
    status: 'queued',
    channels: EVERYWHERE,
    participants: { [AGENT]: [false, false, true, 4] },
  },
  {
    when: 'the contact writes in an active conversation: no channel is notified, unread by all',
    from: state('active', { [AGENT]: answering() }),
    message: byContact,
    status: 'active',
    channels: [],
    participants: { [AGENT]: [true, true, false, 1] },
  },
  {
    when: '/leave by the only one who accepted: closes',
    from: state('active', { [AGENT]: answering() }),
    message: command('/leave'),
    status: 'closed',
    channels: [],
    participants: { [AGENT]: [false, false, false, 0] },
  },
  {
    when: '/leave while another has accepted: stays active',
    from: state('active', { [AGENT]: answering(), [OTHER_AGENT]: answering() }),
    message: command('/leave'),
    status: 'active',
    channels: [],
    participants: { [AGENT]: [false, false, false, 0], [OTHER_AGENT]: [true, true, false, 0] },
  },
  {
    when: '/leave while another has only joined: closes',
    from: state('active', { [AGENT]: answering(), [OTHER_AGENT]: aParticipant({ active: true }) }),
    message: command('/leave'),
    status: 'closed',
    channels: [],
    participants: { [AGENT]: [false, false, false, 0], [OTHER_AGENT]: [true, false, false, 0] },
  },
  {
    when: '/leave in a queued conversation: leaves it queued',
    from: state('queued', { [AGENT]: aParticipant({ active: true }) }),
    message: command('/leave'),
    status: 'queued',
    channels: ['front-desk'],
    participants: { [AGENT]: [false, false, false, 0] },
  },
  {
    when: '/accept in a queued conversation: joins, accepts, activates, leaves the inbox',
    from: state('queued', { [AGENT]: waiting() }),
    message: command('/accept'),
    status: 'active',
    channels: [],
    participants: { [AGENT]: [true, true, false, 0] },
  },
  {
    when: '/accept in a closed conversation: opens it again',
    from: state('closed', {}),
    message: command('/accept'),
    status: 'active',
    channels: [],
    participants: { [AGENT]: [true, true, false, 0] },
  },
  {
    when: '/join in a queued conversation: takes part, and it stays queued',
    from: state('queued', { [AGENT]: waiting() }),
    message: command('/join'),
    status: 'queued',
    channels: ['front-desk'],
    participants: { [AGENT]: [true, false, false, 0] },
  },
  {
    when: '/join by one who has accepted: stays accepted',
    from: state('active', { [AGENT]: answering({ unreadCount: 2 }) }),
    message: command('/join'),
    status: 'active',
    channels: [],
    participants: { [AGENT]: [true, true, false, 0] },
  },
  {
    when: '/assign: puts it into the inbox of each user named, participant or not',
    from: state('closed', { [AGENT]: aParticipant() }),
    message: command('/assign', { user: BOT, meta: { users: [AGENT, OTHER_AGENT, 'a stranger', null, 7] } }),
    status: 'closed',
    channels: [],
    participants: { [AGENT]: [false, false, true, 0], [OTHER_AGENT]: [false, false, true, 0] },
  },
  {
    when: '/notify without channels in a closed conversation: queued in all channels',
    from: state('closed', { [AGENT]: aParticipant() }),
    message: command('/notify', { meta: {} }),
    status: 'queued',
    channels: EVERYWHERE,
    participants: { [AGENT]: [false, false, false, 0] },
  },
  {
    when: '/notify with channels: queued in exactly these',
    from: state('closed', { [AGENT]: aParticipant() }),
    message: command('/notify', { meta: { channels: ['garage'], organizations: null } }),
    status: 'queued',
    channels: ['garage'],
    participants: { [AGENT]: [false, false, false, 0] },
  },
  {
    when: '/notify with organizations: queued in their channels only',
    from: state('closed', {}),
    message: command('/notify', { meta: { channels: null, organizations: ['above'] } }),
    status: 'queued',
    channels: ['garage'],
    participants: {},
  },
  {
    when: '/notify with channels that are not the organization’s, nor of one above it: queued nowhere',
    from: state('closed', {}),
    message: command('/notify', { meta: { channels: ['elsewhere'] } }),
    status: 'queued',
    channels: [],
    participants: {},
  },
  {
    when: '/notify with channels in a queued conversation: also in these',
    from: state('queued', {}),
    message: command('/notify', { meta: { channels: ['garage'] } }),
    status: 'queued',
    channels: ['front-desk', 'garage'],
    participants: {},
  },
  {
    when: '/notify with null for the channels: as without',
    from: state('closed', {}),
    message: command('/notify', { meta: { channels: null } }),
    status: 'queued',
    channels: EVERYWHERE,
    participants: {},
  },
];

describe('what a message does to its conversation', () => {
  it.each(ROWS)('$when', ({ from, message, status, channels, participants }) => {
    const next = applyRule(from, message, CONTEXT);
    expect(next.status).toBe(status);
    expect(next.channels).toEqual(channels);
    expect(
      Object.fromEntries(Object.entries(next.participants).map(([user, flags]) => [user, flagsOf(flags)])),
    ).toEqual(participants);
  });

  const active = state('active', { [AGENT]: answering() });
  it.each<[string, ConversationState, Message]>([
    ['an agent who has accepted writes again', active, outbound],
    ['a bot that has joined writes again', state('closed', { [BOT]: aParticipant({ active: true }) }), byBot],
    ['one who takes part writes in the backchannel', active, backchannel],
    ['/accept by one who has accepted', active, command('/accept')],
    ['/join by one who takes part', active, command('/join')],
    ['/leave by one who is no participant', active, command('/leave', { user: OTHER_AGENT })],
    ['/leave by one who has left', state('closed', { [AGENT]: aParticipant() }), command('/leave')],
    ['/leave by nobody', active, command('/leave', { user: undefined })],
    ['/assign to nobody', active, command('/assign', { meta: {} })],
    ['/assign without meta', active, command('/assign', { meta: undefined })],
    [
      '/assign to one in whose inbox it waits',
      state('closed', { [AGENT]: waiting() }),
      command('/assign', { meta: { users: [AGENT] } }),
    ],
    ['/notify in an active conversation', active, command('/notify', { meta: { channels: ['garage'] } })],
    [
      '/notify in the channels where it is queued',
      { ...state('queued', {}, ['garage']), tasks: ['garage'] },
      command('/notify', { meta: { channels: ['garage'] } }),
    ],
    ['a command that is not known', active, command('/dance')],
    ['a command of a bot', active, command('>location')],
    ['a status entry', active, aMessage({ type: 'status', role: 'bot', isBackchannel: true })],
  ])('%s: changes nothing, and answers the same object', (_when, from, message) =>
    expect(applyRule(from, message, CONTEXT)).toBe(from),
  );

  it.each(['agent', 'bot', 'contact'] as const)('a command acts on its user, also with role %s', (role) => {
    const next = applyRule(active, command('/leave', { role }), CONTEXT);
    expect(next.status).toBe('closed');
    expect(next.participants[AGENT]).toMatchObject({ active: false, accepted: false });
  });

  it.each(['/leave now', '  /leave  ', '/leave\nplease'])('reads the command %j as /leave', (text) =>
    expect(applyRule(active, command(text), CONTEXT).status).toBe('closed'),
  );

  it('tells apart the channels where nobody is', () => {
    const next = applyRule(state('closed'), byContact, CONTEXT);
    expect([next.channels, next.channelsOffline]).toEqual([EVERYWHERE, ['night']]);
    const asked = applyRule(next, command('/notify', { meta: { channels: ['night'] } }), CONTEXT);
    expect([asked.channels, asked.channelsOffline]).toEqual([[...EVERYWHERE, 'night'], []]);
  });

  describe('a task', () => {
    const notify = (...channels: string[]) => command('/notify', { meta: { channels } });
    const tasked = applyRule(applyRule(state('closed'), notify('garage', 'workshop'), CONTEXT), byContact, CONTEXT);

    it('is announced beside what is routed', () => expect(tasked.channels.toSorted()).toEqual(EVERYWHERE.toSorted()));

    it.each([
      ['outlives an accept by one who is not subscribed there', outbound, ['garage']],
      [
        'is withdrawn by one who is, and so is one of a channel that says nothing of who is',
        aMessage({ user: OTHER_AGENT }),
        [],
      ],
      ['outlives /accept likewise', command('/accept'), ['garage']],
    ])('%s; what is routed is withdrawn', (_what, message, channels) => {
      const next = applyRule(tasked, message, CONTEXT);
      expect([next.status, next.channels, next.channelsOffline]).toEqual(['active', channels, []]);
    });

    it('stays when the conversation closes and is queued again, until its own channel accepts', () => {
      const left = applyRule(applyRule(tasked, outbound, CONTEXT), command('/leave'), CONTEXT);
      expect([left.status, left.channels]).toEqual(['closed', ['garage']]);
      const again = applyRule(left, byContact, CONTEXT);
      expect(again.channels.toSorted()).toEqual(EVERYWHERE.toSorted());
      expect(applyRule(again, aMessage({ user: OTHER_AGENT }), CONTEXT)).toMatchObject({
        channels: [],
        status: 'active',
      });
    });

    it('of a channel that is no more is withdrawn by anybody', () => {
      const next = applyRule(tasked, outbound, { ...CONTEXT, channels: [] });
      expect([next.channels, next.tasks]).toEqual([[], undefined]);
    });
  });

  describe('in a team’s conversation', () => {
    const team = state('active', {
      [AGENT]: aParticipant({ active: true, unreadCount: 0 }),
      [OTHER_AGENT]: aParticipant({ unreadCount: 1 }),
      [BOT]: aParticipant({ role: 'bot', active: true }),
    });
    const said = (from: ConversationState, ...messages: Partial<Message>[]) =>
      messages.reduce<ConversationState>(
        (next, fields) => applyRule(next, aMessage({ team: true, ...fields }), CONTEXT),
        from,
      );
    const flags = ({ participants }: ConversationState) =>
      Object.fromEntries(Object.entries(participants).map(([user, participant]) => [user, flagsOf(participant)]));

    it.each<[string, Partial<Message>]>([
      ['an agent', { role: 'agent' }],
      ['a bot', { role: 'bot' }],
      ['an agent behind the scenes', { role: 'agent', isBackchannel: true }],
    ])('a message of %s is in the inbox of those who do not take part, unread', (_whose, fields) =>
      expect(flags(said(team, fields))).toEqual({
        [AGENT]: [true, false, false, 0],
        [OTHER_AGENT]: [false, false, true, 2],
        [BOT]: [true, false, false, 0],
      }),
    );

    it('one who writes joins, and has read everything', () =>
      expect(flags(said(team, { user: OTHER_AGENT }))[OTHER_AGENT]).toEqual([true, false, false, 0]));

    it('it closes when nobody takes part any more, and a message opens it again', () => {
      const left = (user: string) => ({ ...command('/leave'), user, team: true });
      expect(said(team, left(AGENT)).status).toBe('active');
      const closed = said(team, left(AGENT), left(BOT));
      expect(closed.status).toBe('closed');
      const open = said(closed, { user: BOT, role: 'bot' });
      expect([open.status, flags(open)[AGENT]]).toEqual(['active', [false, false, true, 1]]);
    });

    it('a message that everybody sees changes nothing', () => {
      const together = state('active', { [AGENT]: aParticipant({ active: true }) });
      expect(said(together, {})).toBe(together);
    });
  });

  it('withdraws the channels where nobody was online too', () =>
    expect(applyRule({ ...state('queued'), channelsOffline: ['night'] }, outbound, CONTEXT).channelsOffline).toEqual(
      [],
    ));

  it('gives a new participant the role that the user has in the organization, from now on', () =>
    expect(applyRule(state('queued'), byBot, CONTEXT).participants[BOT]).toMatchObject({
      role: 'bot',
      createdAt: LATER,
      updatedAt: LATER,
    }));

  it('leaves the state that it was given as it was', () => {
    const from = state('queued', { [AGENT]: waiting() });
    const before = structuredClone(from);
    applyRule(from, outbound, CONTEXT);
    applyRule(from, byContact, CONTEXT);
    expect(from).toEqual(before);
  });
});

describe('the lifecycle of a conversation', () => {
  it.each(Object.entries(LIFECYCLE))('has a next status for every status: %s', (_what, step) => {
    expect(Object.keys(step).toSorted()).toEqual([...CONVERSATION_STATUSES].toSorted());
    for (const next of Object.values(step)) expect(CONVERSATION_STATUSES).toContain(next);
  });

  it('has no dead end: every status leads to every other', () => {
    const reachedFrom = (status: ConversationStatus): string[] => {
      const reached = new Set<ConversationStatus>([status]);
      for (const from of reached) for (const step of Object.values(LIFECYCLE)) reached.add(step[from]);
      return [...reached].toSorted();
    };
    for (const status of CONVERSATION_STATUSES) expect(reachedFrom(status)).toEqual(CONVERSATION_STATUSES.toSorted());
  });
});
