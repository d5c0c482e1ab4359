import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Notification } from '../../shared/contracts/queue-messages.ts';
import { TryLaterError } from '../../shared/queue/consume.ts';
import { getService } from '../../shared/store/configuration.ts';
import { markDeleted } from '../../shared/store/deletion.ts';
import { listGivenUp } from '../../shared/store/given-up.ts';
import { userKey } from '../../shared/store/keys.ts';
import { listNewest } from '../../shared/store/message-lists.ts';
import type { Table } from '../../shared/store/table.ts';
import { putUser } from '../../shared/store/users.ts';
import { move } from '../../shared/store/withdrawals.ts';
import { NOW, newId, tableOf } from '../support/builders.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';
import { type Receiver, startReceiver } from '../webhooks/receiver.ts';
import { createSetting, HOUR, MINUTE, record, SECRET, type Setting } from './setting.ts';

let emulator: TestTable;
let table: Table;
let receiver: Receiver;
let setting: Setting;
beforeAll(async () => {
  emulator = await startTestTable();
  table = tableOf(emulator);
  receiver = await startReceiver();
});
afterAll(async () => {
  await receiver.stop();
  await emulator.stop();
});
beforeEach(async () => {
  setting = await createSetting(table);
});

/** A message was stored, and an active webhook at the receiver is to be told. */
async function given(message: Parameters<Setting['given']>[1] = {}, conversation = {}, authorization?: string) {
  const webhook = await setting.givenWebhook({ url: `${receiver.url}/hook`, events: ['message.**'] }, authorization);
  const stored = await setting.given(conversation, message);
  await setting.publish(record(undefined, setting.messageItem(stored.message)));
  const [notification] = setting.notifications.bodies();
  setting.notifications.clear();
  if (!notification) throw new Error('Nobody is to be told.');
  return { webhook, notification, ...stored };
}

const lastBody = () => JSON.parse(receiver.received.at(-1)?.body ?? '');
const givenUp = (service: string) => listGivenUp(table, service, { limit: 10, newestFirst: true });

describe('a webhook that is told of a message', () => {
  it('gets the conversation and the message as the API shows them, and what happened', async () => {
    const { notification, conversation, message } = await given();
    await setting.notify(notification);
    const api = 'https://api.example.test/v2';
    expect(lastBody()).toEqual({
      id: notification.delivery,
      timestamp: new Date(NOW).toISOString(),
      event: 'message.create.contact.chat',
      organization: setting.organization,
      activity: {
        '@context': 'https://www.w3.org/ns/activitystreams',
        type: 'Create',
        actor: { id: `${api}/users/${setting.agent}`, type: 'Person' },
        object: { id: `${api}/messages/${message.id}`, type: 'Object' },
        published: new Date(NOW).toISOString(),
        summary: 'A message was created',
      },
      data: {
        conversation: expect.objectContaining({
          id: conversation.id,
          orgPath: setting.orgPath,
          type: 'contact',
          participants: [],
          messages: [message.id],
          url: `https://app.example.test/c/${conversation.slug}`,
        }),
        message: expect.objectContaining({ id: message.id, text: 'Hey there!', role: 'agent', user: setting.agent }),
        links: {
          organization: `${api}/organizations/${setting.organization}`,
          conversation: `${api}/conversations/${conversation.id}`,
          message: `${api}/messages/${message.id}`,
          contact: `${api}/contacts/${conversation.contact}`,
          user: `${api}/users/${setting.agent}`,
        },
      },
    });
  });

  it('can tell by the signature that the bytes are ours, and the parsed body put together again too', async () => {
    const { notification } = await given({ text: 'Grüße 👋' });
    await setting.notify(notification);
    const { body = '', headers } = receiver.received.at(-1) ?? {};
    const signed = (algorithm: string, text: string) =>
      `${algorithm}=${createHmac(algorithm, SECRET).update(text).digest('hex')}`;
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'x-hub-signature': signed('sha1', body),
      'x-hub-signature-256': signed('sha256', body),
    });
    expect(JSON.stringify(JSON.parse(body))).toBe(body);
  });

  it('gets user and password of its URL', async () => {
    const { notification } = await given({}, {}, 'Basic bWU6cGFzcw==');
    await setting.notify(notification);
    expect(receiver.received.at(-1)?.headers.authorization).toBe('Basic bWU6cGFzcw==');
  });

  it('is told by what is known now, at the place that the message moved to', async () => {
    const { notification, message } = await given();
    const to = { ...message, key: 'M#9999999999999#0000000001', due: 9_999_999_999_999, updatedAt: NOW + 1 };
    await move(table, message, to, NOW + 1);
    await setting.notify(notification);
    expect(lastBody().data.message).toMatchObject({ id: message.id, updatedAt: new Date(NOW + 1).toISOString() });
  });

  it('is told nothing of a contact that was deleted meanwhile, but of the deletion, by ids', async () => {
    const { notification, conversation } = await given();
    await markDeleted(table, conversation, NOW);
    const before = receiver.received.length;
    await setting.notify(notification);
    expect(receiver.received).toHaveLength(before);
    const ids = { conversation: conversation.id, contact: conversation.contact };
    await setting.notify({ ...notification, event: 'contact.delete', ids });
    expect(lastBody().data).toEqual({ contact: { id: conversation.contact }, links: expect.any(Object) });
    expect(lastBody().activity).toMatchObject({ type: 'Delete', summary: 'A contact was deleted' });
  });

  it('is told of a login as the doing of who logged in, at that moment', async () => {
    await setting.givenWebhook({ url: `${receiver.url}/hook`, events: ['user.login'] });
    const { organization, orgPath, agent } = setting;
    const before = { ...userKey(agent), id: agent, organizations: [{ organization, orgPath }], updatedAt: NOW - HOUR };
    await setting.publish(record(before, { ...before, lastLoginAt: NOW }));
    const [notification] = setting.notifications.bodies() as [Notification];
    await setting.notify(notification);
    const user = `https://api.example.test/v2/users/${agent}`;
    expect(lastBody()).toMatchObject({
      event: 'user.login',
      organization,
      activity: { type: 'Arrive', actor: { id: user, type: 'Person' }, published: new Date(NOW).toISOString() },
      data: { user: { id: agent }, links: { user } },
    });
  });
});

describe('what a receiver does not take', () => {
  const SINCE = { attempt: 0, since: NOW };
  const again = () =>
    setting.notifications.sent.map(({ body, delaySeconds, group }) => ({ ...body, delaySeconds, group }));

  it.each<[Parameters<Receiver['reacts']>[0]]>([
    [{ status: 500 }],
    [{ status: 503 }],
    [{ status: 408 }],
    [{ status: 409 }],
    [{ status: 425 }],
    [{ status: 429 }],
    [{ status: 302 }],
    [{ status: 400 }],
    ['drop'],
  ])('as in %j comes again, with the same id', async (reaction) => {
    const { notification, webhook } = await given();
    receiver.reacts(reaction);
    await setting.notify(notification);
    expect(again()).toEqual([
      { ...notification, attempt: 1, notBefore: NOW + 5_000, delaySeconds: 5, group: webhook.id },
    ]);
    expect(await givenUp(webhook.id)).toEqual([]);
  });

  it('comes again when the answer takes too long', async () => {
    const { notification } = await given();
    receiver.reacts('hang');
    await setting.notify(notification);
    expect(again()).toMatchObject([{ delivery: notification.delivery, attempt: 1 }]);
  });

  it('because nobody answered in time is not asked again at once, so that others do not wait for it', async () => {
    const { notification, webhook } = await given();
    const other = await setting.givenWebhook({ url: receiver.url });
    receiver.reacts('hang');
    await setting.notify(notification);
    const asked = receiver.received.length;
    setting.notifications.clear();
    const next = { ...notification, delivery: newId() };
    await setting.notify(next);
    expect(again()).toEqual([
      { ...next, attempt: 1, notBefore: setting.clock.now() + 5_000, delaySeconds: 5, group: webhook.id },
    ]);
    expect(receiver.received).toHaveLength(asked);
    await setting.notify({ ...notification, service: other.id });
    expect(receiver.received).toHaveLength(asked + 1);
    setting.clock.advance(1_000);
    await setting.notify(next);
    expect(receiver.received).toHaveLength(asked + 2);
  });

  it('is put off ever longer while the webhook rests, and given up after a day as well', async () => {
    const { notification, webhook } = await given();
    receiver.reacts('hang');
    await setting.notify(notification);
    setting.notifications.clear();
    await setting.notify({ ...notification, attempt: 7 });
    expect(again()).toMatchObject([{ attempt: 8, notBefore: NOW + 640_000 }]);
    await setting.notify({ ...notification, since: NOW - 24 * HOUR });
    expect(await givenUp(webhook.id)).toMatchObject([{ delivery: notification.delivery, code: 'timeout' }]);
  });

  it('with an answer is asked for the next event at once', async () => {
    const { notification } = await given();
    receiver.reacts({ status: 503 });
    await setting.notify(notification);
    const asked = receiver.received.length;
    await setting.notify({ ...notification, delivery: newId() });
    expect(receiver.received).toHaveLength(asked + 1);
  });

  it.each([
    [1, 10],
    [4, 80],
    [7, 640],
    [9, 900],
    [20, 900],
  ])('waits longer after each try: after repetition %d for %d s at first', async (attempt, delaySeconds) => {
    const { notification } = await given();
    receiver.reacts({ status: 500 });
    await setting.notify({ ...notification, ...SINCE, attempt });
    expect(again()).toMatchObject([{ delaySeconds }]);
  });

  it('waits an hour at most, in hops of a quarter', async () => {
    const { notification } = await given();
    receiver.reacts({ status: 500 });
    await setting.notify({ ...notification, attempt: 20 });
    expect(again()).toMatchObject([{ notBefore: NOW + HOUR }]);
    const before = receiver.received.length;
    setting.clock.advance(15 * MINUTE);
    const [waiting] = setting.notifications.bodies() as [Notification];
    setting.notifications.clear();
    await setting.notify(waiting);
    expect(again()).toMatchObject([{ notBefore: NOW + HOUR, attempt: 21, delaySeconds: 900 }]);
    expect(receiver.received).toHaveLength(before);
  });

  it('waits as long as the receiver asks, but not longer than an hour', async () => {
    const { notification } = await given();
    receiver.reacts(
      { status: 429, headers: { 'retry-after': '120' } },
      { status: 503, headers: { 'retry-after': '9999' } },
    );
    await setting.notify(notification);
    await setting.notify(notification);
    expect(again()).toMatchObject([{ notBefore: NOW + 120_000 }, { notBefore: NOW + HOUR }]);
  });

  it.each([401, 403, 404, 405, 410, 413])('with %d is given up at once, and kept', async (status) => {
    const { notification, webhook } = await given();
    receiver.reacts({ status });
    await setting.notify(notification);
    expect(again()).toEqual([]);
    expect(await givenUp(webhook.id)).toEqual([{ ...notification, code: String(status), givenUpAt: NOW }]);
  });

  it('with 400 is given up after a few tries', async () => {
    const { notification, webhook } = await given();
    receiver.reacts({ status: 400 }, { status: 400 });
    await setting.notify({ ...notification, attempt: 2 });
    expect(again()).toHaveLength(1);
    await setting.notify({ ...notification, attempt: 3 });
    expect(again()).toHaveLength(1);
    expect(await givenUp(webhook.id)).toMatchObject([{ code: '400', attempt: 3 }]);
  });

  it('is given up after a day, and kept by ids alone', async () => {
    const { notification, webhook } = await given();
    setting.clock.advance(24 * HOUR - MINUTE);
    receiver.reacts({ status: 500 });
    await setting.notify({ ...notification, attempt: 30 });
    expect(again()).toEqual([]);
    expect(await givenUp(webhook.id)).toMatchObject([{ delivery: notification.delivery, code: '500' }]);
  });

  it('is kept without a try while the webhook is not active, and forgotten with it', async () => {
    const { notification, webhook } = await given();
    const disabled = await setting.givenWebhook({ status: 'disabled', url: receiver.url });
    const before = receiver.received.length;
    await setting.notify({ ...notification, service: disabled.id });
    expect(await givenUp(disabled.id)).toMatchObject([{ delivery: notification.delivery, code: 'disabled' }]);
    const unknown = newId();
    await setting.notify({ ...notification, service: unknown });
    expect(await givenUp(unknown)).toEqual([]);
    expect(await givenUp(webhook.id)).toEqual([]);
    expect(receiver.received).toHaveLength(before);
  });

  it('is left on the queue where too little time is left for an answer', async () => {
    const { notification } = await given();
    const before = receiver.received.length;
    await expect(setting.notify(notification, 21_999)).rejects.toBeInstanceOf(TryLaterError);
    expect(receiver.received).toHaveLength(before);
  });
});

describe('a webhook that fails', () => {
  const fail = async (notification: Notification, status = 500) => {
    receiver.reacts({ status });
    await setting.notify(notification);
  };
  const statusOf = async (id: string) => {
    const found = await getService(table, setting.organization, id);
    return found?.type === 'webhook' ? [found.status, found.reason] : undefined;
  };

  it('for five days without a success is disabled', async () => {
    const { notification, webhook } = await given();
    await fail(notification);
    setting.clock.advance(5 * 24 * HOUR - 1);
    await fail({ ...notification, since: setting.clock.now() });
    expect(await statusOf(webhook.id)).toEqual(['active', undefined]);
    setting.clock.advance(1);
    await fail({ ...notification, since: setting.clock.now() });
    expect(await statusOf(webhook.id)).toEqual(['disabled', 'failing']);
    expect(setting.observe.counts.get('WebhookDisabled')).toBe(1);
  });

  it('counts from the first failure after a success', async () => {
    const { notification, webhook } = await given();
    await fail(notification);
    setting.clock.advance(3 * 24 * HOUR);
    await setting.notify({ ...notification, since: setting.clock.now() });
    await fail({ ...notification, since: setting.clock.now() });
    setting.clock.advance(3 * 24 * HOUR);
    await fail({ ...notification, since: setting.clock.now() });
    expect(await statusOf(webhook.id)).toEqual(['active', undefined]);
  });
});

describe('a receiver that answers with messages', () => {
  const texts = async (conversation: string) =>
    (await listNewest(table, conversation, 10)).map(({ text, user }) => [text, user]);
  const answering = (answer: object | string) =>
    receiver.reacts({ status: 200, body: typeof answer === 'string' ? answer : JSON.stringify(answer) });
  const contact = { role: 'contact', user: undefined } as const;

  it('has them added to the conversation as the user of its token, and woken', async () => {
    const { notification, conversation } = await given(contact);
    answering({ token: await setting.tokenOf(), messages: [{ text: 'One' }, { text: 'Two' }] });
    await setting.notify(notification);
    expect(await texts(conversation.id)).toEqual([
      ['Hey there!', undefined],
      ['One', setting.agent],
      ['Two', setting.agent],
    ]);
    expect(setting.ticks.bodies()).toHaveLength(2);
  });

  it('has them added once, however often it is told', async () => {
    const { notification, conversation } = await given(contact);
    const token = await setting.tokenOf();
    answering({ token, messages: [{ text: 'One' }] });
    answering({ token, messages: [{ text: 'Another' }] });
    await setting.notify(notification);
    await setting.notify({ ...notification, attempt: 1 });
    expect(await texts(conversation.id)).toEqual([
      ['Hey there!', undefined],
      ['One', setting.agent],
    ]);
  });

  it('may name another user of the organization as the sender', async () => {
    const { notification, conversation } = await given(contact);
    const other = newId();
    const membership = { organization: setting.organization, orgPath: setting.orgPath, role: 'agent' as const };
    await putUser(table, { id: other, status: 'active', organizations: [membership] });
    answering({ token: await setting.tokenOf(), messages: [{ text: 'One', user: other }] });
    await setting.notify(notification);
    expect((await texts(conversation.id)).at(-1)).toEqual(['One', other]);
  });

  it.each([
    ['no body', ''],
    ['what is not JSON', 'ok'],
    ['another object', '{"status":"ok"}'],
    ['no messages', '{"token":"x","messages":[]}'],
    ['messages without text', '{"token":"x","messages":[{"text":""},{"text":"  "},{}]}'],
  ])('adds nothing and counts nothing with %s', async (_what, answer) => {
    const { notification, conversation } = await given(contact);
    answering(answer);
    await setting.notify(notification);
    expect(await texts(conversation.id)).toHaveLength(1);
    expect(setting.observe.counts.get('WebhookAnswerRefused')).toBeUndefined();
    expect(setting.observe.counts.get('WebhookTaken')).toBe(1);
  });

  it('is refused, counted and not asked again with a bad token, a guest’s, a stranger’s, or a bad message', async () => {
    const { notification, conversation } = await given(contact);
    const stranger = await createSetting(table);
    const messages = [{ text: 'One' }];
    answering({ token: 'nonsense', messages });
    answering({ token: await setting.tokenOf(setting.agent, 'guest'), messages });
    answering({ token: await stranger.tokenOf(), messages });
    answering({ token: await setting.tokenOf(), messages: [{ text: 'One', role: 'nobody' }] });
    for (let told = 0; told < 4; told++) await setting.notify(notification);
    expect(await texts(conversation.id)).toHaveLength(1);
    expect(setting.observe.counts.get('WebhookAnswerRefused')).toBe(4);
    expect(setting.notifications.sent).toEqual([]);
  });

  it('does not answer its own message, which it would do for ever', async () => {
    const { notification, conversation } = await given();
    answering({ token: await setting.tokenOf(), messages: [{ text: 'One' }] });
    await setting.notify(notification);
    expect(await texts(conversation.id)).toHaveLength(1);
  });

  it('answers new messages only', async () => {
    const { notification, conversation } = await given(contact);
    answering({ token: await setting.tokenOf(), messages: [{ text: 'One' }] });
    await setting.notify({ ...notification, event: 'message.update' });
    expect(await texts(conversation.id)).toHaveLength(1);
  });
});
