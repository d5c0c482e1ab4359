import { describe, expect, test } from 'vitest';
import { correlationFields } from '../../shared/providers/correlation.ts';
import { createSunshine } from '../../shared/providers/sunshine/sunshine.ts';
import { CORRELATION } from './builders.ts';
import { event, read, WEBHOOK_SECRET, webhook } from './contract/sunshine.ts';

const AT = Date.parse('2026-11-22T10:00:00Z');

const source = (more: object = {}) => ({
  type: 'whatsapp',
  integrationId: 'whatsapp-integration',
  client: { id: 'c1', type: 'whatsapp', status: 'active', externalId: '31646280994', displayName: 'John' },
  ...more,
});
const message = (more: object = {}) =>
  event('conversation:message', {
    conversation: { id: 'conversation', type: 'personal' },
    message: {
      id: 'm9',
      received: '2026-11-22T09:59:59.000Z',
      author: { type: 'user', userId: 'u' },
      content: { type: 'text', text: 'Ja' },
      source: source(),
      ...more,
    },
  });

describe('a webhook of Sunshine', () => {
  test('is answered with an empty 200', () => {
    const parsed = createSunshine().parseCallback?.(webhook([]), { webhookSecret: WEBHOOK_SECRET });
    expect(parsed).toEqual({
      verified: true,
      events: [],
      answer: { status: 200, contentType: 'text/plain', body: '' },
    });
  });

  test('with a reply is what the contact wrote, to the integration', () =>
    expect(read([message()])).toEqual([
      {
        kind: 'inbound',
        providerId: 'm9',
        touchpoint: 'whatsapp',
        from: '+31646280994',
        to: 'whatsapp-integration',
        text: 'Ja',
        media: [],
        at: AT - 1000,
        profileName: 'John',
      },
    ]));

  test.each([
    ['by SMS', { source: source({ type: 'twilio', integrationId: 'sms-integration' }) }, { touchpoint: 'sms' }],
    [
      'with a picture',
      { content: { type: 'image', mediaUrl: 'https://media.example/1' } },
      { text: '[image]', media: ['https://media.example/1'] },
    ],
    ['without a moment', { received: 'soon' }, { at: AT }],
    [
      'under its own number',
      { source: source({ client: { externalId: '+31646280994', displayName: '+31 646280994' } }) },
      { from: '+31646280994' },
    ],
  ])('with a reply %s', (_, more, expected) => expect(read([message(more)])).toMatchObject([expected]));

  test('does not take a number for a name', () => {
    const client = { externalId: '+31646280994', displayName: '+31 646280994' };
    expect(read([message({ source: source({ client }) })])[0]).not.toHaveProperty('profileName');
  });

  test('with a message of ours says that it was taken, under our correlation', () => {
    const own = { author: { type: 'business' }, metadata: correlationFields(CORRELATION), source: undefined };
    expect(read([message(own)])).toEqual([
      { kind: 'delivery', providerId: 'm9', status: 'accepted', correlation: CORRELATION, at: AT },
    ]);
  });

  test.each([
    ['blocked', 'stop'],
    ['unblocked', 'start'],
  ])('that a client is %s is a %s', (reason, change) => {
    const client = { id: 'c1', type: 'twilio', externalId: '+31646280994' };
    expect(read([event('client:update', { client, reason })])).toEqual([
      { kind: 'consent', touchpoint: 'sms', address: '+31646280994', change, reason, at: AT },
    ]);
  });

  test.each([
    ['another business message', message({ author: { type: 'business' }, metadata: { m: 'x' } })],
    ['a reply by a channel that is none of ours', message({ source: source({ type: 'web' }) })],
    ['a reply without its client', message({ source: source({ client: undefined }) })],
    ['a reply from no number', message({ source: source({ client: { externalId: 'psid-1' } }) })],
    [
      'a client that is confirmed',
      event('client:update', { client: { type: 'twilio', externalId: '+316' }, reason: 'confirmed' }),
    ],
    [
      'that a conversation was read, which names no message',
      event('conversation:read', { activity: { author: { type: 'user' } } }),
    ],
    ['a trigger of tomorrow', event('conversation:teleported', {})],
    ['no event', 'event'],
    ['an event without a payload', { id: 'e', type: 'conversation:message' }],
  ])('makes nothing of %s', (_, made) => expect(read([made])).toEqual([]));

  test('reads every event but those that it does not understand', () =>
    expect(read(['?', message(), { type: 7 }, message()])).toHaveLength(2));

  test.each([
    ['no JSON', 'events'],
    ['no events', '{"app":{}}'],
    ['nothing', ''],
  ])('of %s says nothing, and need not be repeated', (_, body) => {
    const request = { ...webhook([]), body: Buffer.from(body) };
    expect(createSunshine().parseCallback?.(request, { webhookSecret: WEBHOOK_SECRET })).toMatchObject({
      verified: true,
      events: [],
      answer: { status: 400 },
    });
  });
});
