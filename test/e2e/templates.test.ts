import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, startClient } from '../support/overture.ts';
import { until } from '../support/poll.ts';

const DEALER = '5bad2f12e91d2c331be33364';

let client: Client;
beforeAll(async () => {
  client = await startClient();
}, 90_000);
afterAll(() => client?.stop());

const named = async (name: string) =>
  (await client.get(`/v2/watemplates?organization=${DEALER}&name=${name}`)).body.map(
    ({ language, status, reason }: Record<string, string>) => [language, status, reason],
  );
const becomes = (name: string, status: string) =>
  until(`${name} is ${status}`, async () => {
    const found = await named(name);
    return found.some(([, now]: string[]) => now === status) && found;
  });

describe('a template', () => {
  it('is made at Meta, approved there, and paused there, and each is known here', async () => {
    const made = await client.post('/v2/watemplates', {
      organization: DEALER,
      name: 'parking',
      language: 'nl',
      category: 'UTILITY',
      text: 'Uw auto staat op plaats 12.',
    });
    expect([made.status, made.body.status]).toEqual([201, 'PENDING']);
    expect(await becomes('parking', 'APPROVED')).toEqual([['nl', 'APPROVED', undefined]]);
    await client.post('/_local/templates', {
      name: 'parking',
      language: 'nl',
      event: 'PAUSED',
      reason: 'FIRST_PAUSE',
    });
    expect(await becomes('parking', 'PAUSED')).toEqual([['nl', 'PAUSED', 'FIRST_PAUSE']]);
  });

  it('that Meta has comes by a sync; one that Meta refuses is not made', async () => {
    const sync = await client.post(`/v2/watemplates/sync?organization=${DEALER}`, {});
    expect([sync.status, sync.body.unread, sync.body.removed]).toEqual([200, 0, 0]);
    const refused = await client.post('/v2/watemplates', {
      organization: DEALER,
      name: 'sample',
      language: 'nl',
      category: 'UTILITY',
      text: 'Hallo {{1}}',
    });
    expect([refused.status, refused.body.error.code]).toEqual([400, 'template_refused']);
    expect(await named('sample')).toEqual([]);
  });

  it('goes instead of a text while the window is closed', async () => {
    const telephone = '+31646280977';
    const answer = await client.post('/v2/conversations', {
      organization: DEALER,
      type: 'contact',
      contact: { profile: { telephone } },
      messages: [
        {
          role: 'agent',
          touchpoint: 'whatsapp',
          text: 'Klaar!',
          meta: { fallbackTemplate: 'appointment_reminder', fallbackParameters: ['John', '10:00'] },
        },
      ],
    });
    expect(answer.status).toBe(201);
    expect(await client.delivered(telephone, 1)).toMatchObject([{ text: 'Beste John, we verwachten u op 10:00.' }]);
  });
});
