import PostalMime from 'postal-mime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findOwners, identityOf } from '../../shared/store/identities.ts';
import { type Client, startClient } from '../support/overture.ts';
import { until } from '../support/poll.ts';

let client: Client;
beforeAll(async () => {
  client = await startClient();
}, 60_000);
afterAll(() => client.stop());

const ORGANIZATION = '6663a1f684ba342816c4b7c4';
const DOMAIN = `${ORGANIZATION}.in.overture.example`;

async function mailTo(email: string, ...messages: object[]) {
  const { body } = await client.post('/v2/conversations', {
    organization: ORGANIZATION,
    type: 'contact',
    contact: { profile: { name: 'Ana', email } },
    messages: messages.map((message) => ({ text: 'Hey there!', touchpoint: 'email', role: 'agent', ...message })),
  });
  return body as { id: string; messages: string[] };
}

const conversationOf = async (id: string) => (await client.get(`/v2/conversations/${id}?populate=messages`)).body;
/** The API reads a conversation beside its messages: it may show a message, and not yet what that changed. */
const said = (id: string, count: number) =>
  until(`${count} messages of the contact`, async () => {
    const conversation = await conversationOf(id);
    const theirs = conversation.messages.filter(({ role }: { role: string }) => role === 'contact');
    const [{ unreadCount }] = conversation.participants;
    return theirs.length >= count && unreadCount >= count && { ...conversation, theirs };
  });

const ownerOf = async (email: string) => {
  const { stack, table } = client.overture;
  const identity = identityOf(stack.getSecret(stack.find('Pepper')) ?? '', ORGANIZATION, 'email', email);
  return (await findOwners(table, [identity])).get('email') ?? false;
};
const refusalOf = (message: string) =>
  until('the refusal', async () => {
    const { delivery } = (await client.get(`/v2/messages/${message}`)).body;
    return delivery.status === 'failed' && delivery.error.code;
  });

describe('a mail to us in the local run', { timeout: 60_000 }, () => {
  it('that answers ours is a message of its conversation, and our next email goes on from it', async () => {
    const from = 'ana.answers@example.com';
    const { id } = await mailTo(from, { meta: { subject: 'Your car' } });
    const [first] = await client.delivered(from, 1);
    expect(first?.headers?.['reply-to']).toMatch(new RegExp(`^reply\\+${id}\\.[0-9a-f]{20}@${DOMAIN}$`));
    const { status, body } = await client.reply({ touchpoint: 'email', from, text: 'On my way.' });
    expect([status, body.status]).toEqual([200, 201]);
    const conversation = await said(id, 1);
    expect(conversation).toMatchObject({ touchpoint: 'email', participants: [{ unreadCount: 1 }] });
    expect(conversation.theirs[0]).toMatchObject({ text: 'On my way.', meta: { subject: 'Re: Your car' } });

    await mailTo(from, {});
    const [, second] = await client.delivered(from, 2);
    expect(second).toMatchObject({ subject: 'Re: Your car', headers: { 'in-reply-to': `<${body.providerId}>` } });
    expect(second?.headers?.references).toContain(`${first?.headers?.['message-id']}`.split('@')[0]);
  });

  it('from a stranger makes a contact of them', async () => {
    const from = 'new.here@example.com';
    const to = `desk@${DOMAIN}`;
    await client.reply({ touchpoint: 'email', from, to, text: 'Are you open?' });
    const id = await until('the contact', () => ownerOf(from));
    expect(await conversationOf(id)).toMatchObject({
      status: 'queued',
      touchpoint: 'email',
      messages: [{ text: 'Are you open?', role: 'contact' }],
    });
  });

  it('with STOP ends emails, also those that are on their way to be sent', async () => {
    const from = 'ana.stops@example.com';
    const { id } = await mailTo(from, {});
    await client.delivered(from, 1);
    await client.reply({ touchpoint: 'email', from, text: 'STOP' });
    await said(id, 1);
    const { messages } = await mailTo(from, {});
    expect(await refusalOf(messages[0] ?? '')).toBe('opted_out');
  });
});

describe('a marketing email', { timeout: 60_000 }, () => {
  it('is the last one when the contact’s mail program unsubscribes by one click', async () => {
    const to = 'ana.unsubscribes@example.com';
    const marketing = { meta: { purpose: 'marketing' } };
    await mailTo(to, marketing);
    const [mail] = await client.delivered(to, 1);
    expect(mail?.headers?.['list-unsubscribe-post']).toBe('List-Unsubscribe=One-Click');
    const url = /^<(.*)>$/.exec(mail?.headers?.['list-unsubscribe'] ?? '')?.[1] ?? '';
    const page = await fetch(url);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const told = await fetch(url, { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) });
    expect(told.status).toBe(200);
    const { messages } = await mailTo(to, marketing, { text: 'Your car is ready.' });
    expect(await refusalOf(messages[0] ?? '')).toBe('marketing_opted_out');
    expect((await client.delivered(to, 2)).map(({ text }) => text)).toContain('Your car is ready.');
  });
});

describe('an email of ours', { timeout: 60_000 }, () => {
  it('has its attachments as links in both readings', async () => {
    const to = 'ana.reads@example.com';
    await mailTo(to, { meta: { attachments: ['https://files.example.com/offer%20one.pdf'] } });
    const [entry] = await client.delivered(to, 1);
    const { body } = await client.raw('GET', `/_local/outbox/${entry?.seq}/raw`, undefined, {});
    const { text = '', html = '' } = await PostalMime.parse(body);
    expect(text).toContain('offer one.pdf: https://files.example.com/offer%20one.pdf');
    expect(html).toContain('<a href="https://files.example.com/offer%20one.pdf">offer one.pdf</a>');
  });
});
