import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, startClient } from '../support/overture.ts';

let client: Client;
beforeAll(async () => {
  client = await startClient();
}, 60_000);
afterAll(() => client.stop());

const start = (row: number, email: string) => ({
  clientId: `row ${row}`,
  organization: '6663a1f684ba342816c4b7c4',
  type: 'contact',
  contact: { profile: { email } },
  messages: [{ text: `Row ${row}`, touchpoint: 'email', role: 'agent' }],
});

describe('a bulk request', { timeout: 60_000 }, () => {
  it('goes through its own function and delivers what it accepted, in order, once, also when it is repeated', async () => {
    const items = [
      ...Array.from({ length: 20 }, (_, row) => start(row, `bulk${row}@example.com`)),
      ...[20, 21, 22].map((row) => start(row, 'bulk0@example.com')),
      start(23, 'no address'),
    ];
    const first = await client.post('/v2/conversations/bulk', items);
    expect(first).toMatchObject({ status: 200, body: { created: 20, appended: 3, repeated: 0, refused: 1 } });
    const again = await client.post('/v2/conversations/bulk', items);
    expect(again).toMatchObject({ status: 200, body: { created: 0, appended: 0, repeated: 23, refused: 1 } });
    const toFirst = await client.delivered('bulk0@example.com', 4, 30_000);
    expect(toFirst.map(({ text }) => text.trim())).toEqual(['Row 0', 'Row 20', 'Row 21', 'Row 22']);
    for (let row = 1; row < 20; row++) await client.delivered(`bulk${row}@example.com`, 1, 30_000);
    const all = (await client.outbox()).filter(({ to }) => to.startsWith('bulk'));
    expect(all).toHaveLength(23);
  });

  it('may have a body that api would refuse', async () => {
    const text = 'x'.repeat(60_000);
    const items = Array.from({ length: 6 }, (_, row) => ({
      ...start(row, `large${row}@example.com`),
      clientId: `large ${row}`,
      messages: [{ text, touchpoint: 'email', role: 'agent' }],
    }));
    expect((await client.post('/v2/conversations/bulk', items)).body).toMatchObject({ created: 6, refused: 0 });
  });
});
