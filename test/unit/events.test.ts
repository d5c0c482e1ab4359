import { describe, expect, it } from 'vitest';
import { eventsOf, fitsPattern, type ResourceKind } from '../../shared/domain/events.ts';
import { aConversation, aMessage, NOW } from '../support/builders.ts';

type Attributes = Record<string, unknown>;

const message = (overrides: Attributes = {}): Attributes => ({ ...aMessage({ id: 'm' }), ...overrides });
const conversation = (overrides: Attributes = {}): Attributes => ({ ...aConversation({ id: 'c' }), ...overrides });
const changed = (kind: ResourceKind, before: Attributes | undefined, after: Attributes | undefined) =>
  eventsOf(kind, { before, after });

describe('a write of a message raises', () => {
  const sent = { status: 'sent', at: NOW };
  it.each<[string[], string, Attributes | undefined, Attributes | undefined]>([
    [['message.create'], 'when it is accepted', undefined, message()],
    [[], 'nothing when it comes to another place', undefined, message({ updatedAt: NOW + 5 })],
    [['message.update'], 'when it leaves its place', message(), message({ state: 'moved', movedTo: 'M#2' })],
    [[], 'nothing when it is claimed', message(), message({ state: 'sending', token: 't', lease: 1, firstSentAt: 1 })],
    [[], 'nothing when the claim is given back', message({ state: 'sending' }), message({ notBefore: NOW + 1 })],
    [['delivery.update'], 'when it was sent', message({ state: 'sending' }), message({ state: 'sent', receipt: sent })],
    [
      ['delivery.update'],
      'when it was delivered',
      message({ state: 'sent', receipt: sent }),
      message({ state: 'sent', receipt: { status: 'delivered', at: NOW + 1 } }),
    ],
    [
      ['delivery.update'],
      'when nobody knows whether it was sent',
      message({ state: 'sending' }),
      message({ state: 'unknown' }),
    ],
    [
      ['delivery.update'],
      'when an attempt was refused for now',
      message({ state: 'sending' }),
      message({ attempt: 1, error: { code: '429' } }),
    ],
    [['message.error'], 'when it failed', message(), message({ state: 'failed', error: { code: 'expired' } })],
    [
      ['message.error'],
      'when the provider says later that it failed',
      message({ state: 'sent', receipt: sent }),
      message({ state: 'sent', receipt: { status: 'failed', at: NOW + 1 } }),
    ],
    [
      ['delivery.update'],
      'when it arrived after all',
      message({ state: 'failed', receipt: { status: 'failed', at: NOW } }),
      message({ state: 'failed', receipt: { status: 'delivered', at: NOW + 1 } }),
    ],
    [['message.delete'], 'when it is withdrawn', message(), message({ state: 'canceled' })],
    [['message.update'], 'when its text is changed', message(), message({ text: 'Hey!' })],
    [
      [],
      'nothing when a command is carried out',
      message({ type: 'command' }),
      message({ type: 'command', state: 'done' }),
    ],
    [[], 'nothing when it is purged', message(), undefined],
    [[], 'nothing when it is written as it was', message(), message({ updatedAt: NOW + 1 })],
  ])('%j %s', (events, _when, before, after) => expect(changed('message', before, after)).toEqual(events));
});

describe('a write of a conversation raises', () => {
  it.each<[string[], string, Attributes | undefined, Attributes | undefined]>([
    [['conversation.create', 'contact.create'], 'when it is started', undefined, conversation()],
    [['conversation.create'], 'when it is one of a team', undefined, conversation({ type: 'agent' })],
    [
      [],
      'nothing when messages are appended',
      conversation(),
      conversation({ seq: 2, lastAt: NOW + 1, reservedBy: 'r' }),
    ],
    [[], 'nothing when the pace of its contact is noted', conversation(), conversation({ whatsappAt: NOW })],
    [
      ['conversation.update'],
      'when its status changes',
      conversation(),
      conversation({ status: 'active', version: 1 }),
    ],
    [['conversation.update'], 'when somebody joins', conversation({ participants: {} }), conversation()],
    [
      ['contact.update'],
      'when the contact gets an address',
      conversation(),
      conversation({ profile: { email: 'a@b.example' } }),
    ],
    [
      ['conversation.update', 'contact.update'],
      'when both change',
      conversation(),
      conversation({ status: 'closed', profile: {} }),
    ],
    [['conversation.delete', 'contact.delete'], 'when it is deleted', conversation(), conversation({ deletedAt: NOW })],
    [
      [],
      'nothing more once it is deleted',
      conversation({ deletedAt: NOW }),
      conversation({ deletedAt: NOW, status: 'closed' }),
    ],
    [[], 'nothing when it is purged', conversation({ deletedAt: NOW }), undefined],
  ])('%j %s', (events, _when, before, after) => expect(changed('conversation', before, after)).toEqual(events));
});

describe('a write of configuration raises', () => {
  const item = { id: 'x', name: 'X', status: 'active', updatedAt: 1 };
  it.each<[ResourceKind]>([['organization'], ['service'], ['channel'], ['watemplate'], ['user']])(
    'what was done to a %s, unless nobody sees it',
    (kind) => {
      expect(changed(kind, undefined, item)).toEqual([`${kind}.create`]);
      expect(changed(kind, item, { ...item, name: 'Y' })).toEqual([`${kind}.update`]);
      expect(changed(kind, item, { ...item, updatedAt: 2 })).toEqual([]);
      expect(changed(kind, item, undefined)).toEqual([`${kind}.delete`]);
    },
  );

  it.each(['passwordHash', 'tokensValidFrom'])('nothing when only the %s of a user changes', (hidden) =>
    expect(changed('user', { ...item, [hidden]: 1 }, { ...item, [hidden]: 2 })).toEqual([]),
  );

  it('user.login when a user logged in, the first time too, and not when that is forgotten', () => {
    const login = { ...item, lastLoginAt: 1 };
    expect(changed('user', item, login)).toEqual(['user.login']);
    expect(changed('user', login, { ...login, lastLoginAt: 2 })).toEqual(['user.login']);
    expect(changed('user', login, item)).toEqual([]);
  });

  it('service.error when a webhook is disabled because it fails, and not when its owner disables it', () => {
    expect(changed('service', item, { ...item, status: 'disabled', reason: 'failing' })).toEqual(['service.error']);
    expect(changed('service', item, { ...item, status: 'disabled' })).toEqual(['service.update']);
  });

  it('the event itself, once, where an item was written to tell of it', () => {
    expect(changed('event', undefined, { event: 'user.login' })).toEqual(['user.login']);
    expect(changed('event', { event: 'user.login' }, undefined)).toEqual([]);
  });
});

describe('a pattern', () => {
  it.each([
    ['message.create.contact.chat', 'message.create.contact.chat', true],
    ['message.create.*.*', 'message.create.contact.chat', true],
    ['message.create.*', 'message.create.contact.chat', false],
    ['message.**', 'message.create.contact.chat', true],
    ['message.**', 'message.error', true],
    ['message.**', 'message', true],
    ['**', 'user.login', true],
    ['*', 'user.login', false],
    ['**.chat', 'message.create.contact.chat', true],
    ['message.**.command', 'message.create.contact.chat', false],
    ['user.*', 'user.login', true],
    ['user.*', 'service.create', false],
    ['conversation.message', 'message.create.agent.command', true],
    ['conversation.message', 'message.update', false],
    ['', 'user.login', false],
    ['user.lo*', 'user.login', false],
  ])('%j means %s: %s', (pattern, event, fits) => expect(fitsPattern(pattern, event)).toBe(fits));
});
