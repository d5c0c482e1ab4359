import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, startClient } from '../support/overture.ts';
import { until } from '../support/poll.ts';

let client: Client;
beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client?.stop());

const ORGANIZATION = '5bad2f12e91d2c331be33364';

interface Person {
  readonly provider: string;
  readonly touchpoint: string;
  readonly profile: Record<string, string>;
  readonly to: string;
  readonly meta?: Record<string, string>;
}

let people = 0;
const personFor = (touchpoint: 'email' | 'sms' | 'whatsapp'): Person => {
  people += 1;
  const telephone = `+316200000${String(people).padStart(2, '0')}`;
  const email = `person${people}@example.com`;
  if (touchpoint === 'email') return { provider: 'ses', touchpoint, profile: { email }, to: email };
  if (touchpoint === 'sms') return { provider: 'twilio', touchpoint, profile: { telephone }, to: telephone };
  const meta = { template: 'your_car_is_ready', language: 'nl' };
  return { provider: 'whatsapp', touchpoint, profile: { telephone }, to: telephone, meta };
};

/** Two messages, the second waiting behind the first. */
async function startTwo(person: Person): Promise<string[]> {
  const message = (text: string) => ({ text, touchpoint: person.touchpoint, role: 'agent', meta: person.meta });
  const { status, body } = await client.post('/v2/conversations', {
    organization: ORGANIZATION,
    type: 'contact',
    contact: { profile: person.profile },
    messages: [message('first'), message('second')],
  });
  expect(status).toBe(201);
  return body.messages;
}

const received = async (person: Person, messages: readonly string[]): Promise<number[]> =>
  (await client.outbox(person.to)).map(({ messageId }) => messages.indexOf(messageId ?? ''));

const statusOf = async (message: string): Promise<string> =>
  (await client.get(`/v2/messages/${message}`)).body.delivery.status;

const finished = (message: string) =>
  until(
    `message ${message} is finished`,
    async () => {
      const { delivery } = (await client.get(`/v2/messages/${message}`)).body;
      return ['sent', 'accepted', 'delivered', 'read', 'failed'].includes(delivery.status) && delivery;
    },
    { withinMs: 25_000 },
  );

/** Each of two messages is received once, in order, whatever the provider does. */
const bears = async (person: Person): Promise<void> => {
  const messages = await startTwo(person);
  await client.delivered(person.to, 2, 25_000);
  await Promise.all(messages.map(finished));
  expect(await received(person, messages)).toEqual([0, 1]);
};

// A refused connection says not whose message it was to be: nobody else may send meanwhile.
describe('a provider that refuses to talk', () => {
  it.for(['email', 'sms', 'whatsapp'] as const)(
    'gets each %s once and in order when it recovers',
    async (touchpoint) => {
      const person = personFor(touchpoint);
      await client.fault({ provider: person.provider, behaviour: 'refuse', times: 1 });
      await bears(person);
    },
  );
});

describe.concurrent('a provider that has too much to do', () => {
  it.for(['email', 'sms', 'whatsapp'] as const)(
    'gets each %s once and in order when it recovers',
    async (touchpoint) => {
      const person = personFor(touchpoint);
      await client.fault({ provider: person.provider, behaviour: '429', times: 2, match: { to: person.to } });
      await bears(person);
    },
  );
});

describe.concurrent('an email whose outcome is unclear', () => {
  it.for(['500', 'drop', 'hang'] as const)('is sent again after %s', async (behaviour) => {
    const person = personFor('email');
    await client.fault({ provider: 'ses', behaviour, match: { to: person.to } });
    await bears(person);
  });

  it('is not sent again where SES tells that it took it', async () => {
    const person = personFor('email');
    await client.fault({ provider: 'ses', behaviour: 'accept-then-drop', match: { to: person.to } });
    await bears(person);
  });

  it('is repeated where it had been accepted unseen', async () => {
    const person = personFor('email');
    await client.fault({ provider: 'ses', behaviour: 'lose-callbacks', match: { to: person.to } });
    await client.fault({ provider: 'ses', behaviour: 'accept-then-drop', match: { to: person.to } });
    const messages = await startTwo(person);
    await client.delivered(person.to, 3, 25_000);
    await Promise.all(messages.map(finished));
    expect(await received(person, messages)).toEqual([0, 0, 1]);
  });
});

describe.concurrent('an SMS whose outcome is unclear', () => {
  it.for(['500', 'drop', 'hang'] as const)('is looked up and then sent after %s', async (behaviour) => {
    const person = personFor('sms');
    await client.fault({ provider: 'twilio', behaviour, match: { to: person.to } });
    await bears(person);
  });

  it('is found by the lookup and not sent again, when its callbacks are lost too', async () => {
    const person = personFor('sms');
    await client.fault({ provider: 'twilio', behaviour: 'lose-callbacks', match: { to: person.to } });
    await client.fault({ provider: 'twilio', behaviour: 'accept-then-drop', match: { to: person.to } });
    await bears(person);
  });
});

describe.concurrent('a WhatsApp message whose outcome is unclear', () => {
  it.for(['500', 'drop'] as const)('fails as unknown after %s, and the next message goes on', async (behaviour) => {
    const person = personFor('whatsapp');
    await client.fault({ provider: 'whatsapp', behaviour, match: { to: person.to } });
    const messages = await startTwo(person);
    const [first = '', second = ''] = messages;
    expect(await finished(first)).toMatchObject({ status: 'failed', error: { code: 'unknown' } });
    await finished(second);
    expect(await received(person, messages)).toEqual([1]);
  });

  it('is sent when the callback says so', async () => {
    const person = personFor('whatsapp');
    await client.fault({ provider: 'whatsapp', behaviour: 'accept-then-drop', match: { to: person.to } });
    const messages = await startTwo(person);
    await client.delivered(person.to, 2, 25_000);
    await Promise.all(messages.map(finished));
    expect(await received(person, messages)).toEqual([0, 1]);
    await until('both are delivered', async () => (await statusOf(messages[0] ?? '')) === 'delivered');
  });
});

describe.concurrent('a message that the provider refuses for good', () => {
  it('fails with the reason, and the next message goes on', async () => {
    const person = personFor('sms');
    await client.fault({ provider: 'twilio', behaviour: 'reject:30007', match: { text: 'first', to: person.to } });
    const messages = await startTwo(person);
    const [first = '', second = ''] = messages;
    expect(await finished(first)).toMatchObject({ status: 'failed', error: { code: '30007', class: 'permanent' } });
    await finished(second);
    expect(await received(person, messages)).toEqual([1]);
  });
});
