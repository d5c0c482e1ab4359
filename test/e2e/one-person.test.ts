import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, startClient } from '../support/overture.ts';

let client: Client;
beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client?.stop());

const ORGANIZATION = '6663a1f684ba342816c4b7c4';

describe('one person', () => {
  it('gets one conversation out of 200 parallel requests, and each message once, in order', {
    timeout: 180_000,
  }, async () => {
    const email = 'parallel@example.com';
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        client.post('/v2/conversations', {
          organization: ORGANIZATION,
          type: 'contact',
          contact: { profile: { email } },
          messages: [{ text: `Message ${index}`, touchpoint: 'email', role: 'agent' }],
        }),
      ),
    );
    const byStatus = Object.groupBy(answers, ({ status }) => String(status));
    expect(Object.fromEntries(Object.entries(byStatus).map(([status, list]) => [status, list?.length]))).toEqual({
      200: 199,
      201: 1,
    });
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);

    const ids = answers.map(({ body }) => body.messages[0] as string);
    const emails = await client.delivered(email, 200, 120_000);
    expect(emails).toHaveLength(200);
    expect(new Set(emails.map(({ messageId }) => messageId))).toEqual(new Set(ids));
    const places = await Promise.all(emails.map(({ messageId }) => client.get(`/v2/messages/${messageId}`)));
    const times = places.map(({ body }) => body.createdAt as string);
    expect(times).toEqual([...times].sort());
  });

  it('gets delayed messages in the order of their moments, never early', async () => {
    const telephone = '+31612345678';
    const delays = [3000, 0, 500, 0, 3000, 500];
    const acceptedAt = Date.now();
    const { status } = await client.post('/v2/conversations', {
      organization: ORGANIZATION,
      type: 'contact',
      contact: { profile: { telephone } },
      messages: delays.map((delay, index) => ({ text: `${index}`, touchpoint: 'sms', role: 'agent', delay })),
    });
    expect(status).toBe(201);
    const sms = await client.delivered(telephone, delays.length);
    expect(sms.map(({ text }) => text)).toEqual(['1', '3', '2', '5', '0', '4']);
    const lateness = sms.map(({ text, at }) => Date.parse(at) - acceptedAt - (delays[Number(text)] ?? 0));
    console.log(`lateness in ms, by message: ${lateness.join(', ')}`);
    expect(Math.min(...lateness)).toBeGreaterThanOrEqual(0);
  });
});
