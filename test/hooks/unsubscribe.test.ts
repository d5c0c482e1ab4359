import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHooks } from '../../functions/hooks/serve.ts';
import { deliver } from '../../shared/delivery/deliver.ts';
import type { Message } from '../../shared/domain/message.ts';
import { changeConsent, readConsentHistory } from '../../shared/store/consent.ts';
import { attachIdentities } from '../../shared/store/conversations.ts';
import { markDeleted } from '../../shared/store/deletion.ts';
import { identityOf } from '../../shared/store/identities.ts';
import type { Table } from '../../shared/store/table.ts';
import { createSetting, deliveryOf, EMAIL, inSeconds, PEPPER, PUBLIC_URL, type Setting } from '../delivery/setting.ts';
import { NOW, tableOf } from '../support/builders.ts';
import { startTestTable, type TestTable } from '../support/emulators.ts';

let emulator: TestTable;
let table: Table;
let setting: Setting;
beforeAll(async () => {
  emulator = await startTestTable();
  table = tableOf(emulator);
});
afterAll(() => emulator.stop());
beforeEach(async () => {
  setting = await createSetting(table);
});

const MARKETING: Partial<Message> = { touchpoint: 'email', text: 'Buy now!', meta: { purpose: 'marketing' } };
const SERVICE: Partial<Message> = { touchpoint: 'email', text: 'Your car is ready.' };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const ONE_CLICK = 'List-Unsubscribe=One-Click';

/** A contact found by their email address, who got a marketing email; what follows waits for a minute and two. */
async function subscribed(next: Partial<Message> = MARKETING, later: Partial<Message> = SERVICE) {
  const given = await setting.given(
    { profile: { email: EMAIL } },
    MARKETING,
    { due: inSeconds(60), ...next },
    { due: inSeconds(120), ...later },
  );
  const identities = [identityOf(PEPPER, setting.organization, 'email', EMAIL)];
  await attachIdentities(table, { conversation: given.conversation, identities, changes: {}, messages: [] });
  await outcomeOf(given.messages[0]);
  const content = setting.providers.email.requests[0]?.content;
  if (content?.kind !== 'email' || !content.unsubscribeUrl) throw new Error('No marketing email was sent.');
  const [, following, last] = given.messages as readonly Message[];
  if (!following || !last) throw new Error('There are three messages.');
  return { conversation: given.conversation, following, last, url: content.unsubscribeUrl };
}

const outcomeOf = async (message: Message): Promise<string> => {
  setting.clock.advance(Math.max(0, message.due - setting.clock.now()));
  await deliver(setting.delivery('email'), deliveryOf(message), { remainingMs: () => 30_000 });
  const { state, error } = await setting.message(message);
  return error?.code ?? state;
};

const call = (method: string, url: string, body = '', headers: Record<string, string> = FORM) =>
  createHooks(setting.hooks)({
    method,
    path: url.slice(PUBLIC_URL.length),
    rawQuery: '',
    query: {},
    headers,
    body: Buffer.from(body),
    requestId: 'r',
  });
const post = (url: string, body = ONE_CLICK, headers = FORM) => call('POST', url, body, headers);
const statusOf = (answer: ReturnType<typeof call>) =>
  answer.then(
    ({ statusCode }) => statusCode,
    ({ status, message }) => [status, message],
  );
const historyOf = () => readConsentHistory(table, PEPPER, { organization: setting.organization, matchKey: EMAIL });

describe('one click', () => {
  it('ends marketing emails, those that wait included, and no others', async () => {
    const { url, following, last } = await subscribed();
    expect(await statusOf(post(url))).toBe(200);
    expect(await outcomeOf(following)).toBe('marketing_opted_out');
    expect(await outcomeOf(last)).toBe('sent');
  });

  it('may be told in either form', async () => {
    const { url, following } = await subscribed();
    const body = '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n';
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    expect(await statusOf(post(url, body, headers as typeof FORM))).toBe(200);
    expect(await outcomeOf(following)).toBe('marketing_opted_out');
  });

  it('is noted once, however often it is repeated', async () => {
    const { url } = await subscribed();
    for (const _ of [1, 2, 3]) expect(await statusOf(post(url))).toBe(200);
    expect((await historyOf()).log).toMatchObject([{ change: 'marketing_stop', source: 'unsubscribe' }]);
  });

  it('counts again after the contact has opted in again', async () => {
    const { url, following } = await subscribed();
    await post(url);
    const reach = { organization: setting.organization, touchpoint: 'email', matchKey: EMAIL } as const;
    await changeConsent(setting.hooks, reach, { kind: 'opted_in', source: 'api', reason: 'form' });
    await post(url);
    expect(await outcomeOf(following)).toBe('marketing_opted_out');
  });

  it('holds for the address it was sent to, after its contact is gone', async () => {
    const { url, conversation } = await subscribed();
    await markDeleted(table, { ...conversation, seq: 3 }, NOW);
    expect(await statusOf(post(url))).toBe(200);
    const anew = await setting.given({ profile: { email: EMAIL } }, { ...MARKETING, due: inSeconds(300) });
    expect(await outcomeOf(anew.messages[0])).toBe('marketing_opted_out');
  });

  it('is answered when no email is on its way, and says so when one stays there', async () => {
    const { url } = await subscribed({ ...SERVICE, due: NOW, state: 'sending', token: 't', lease: NOW + 45_000 });
    const answer = await post(url);
    expect([answer.statusCode, answer.body]).toEqual([202, expect.stringContaining('may still arrive')]);
    setting.clock.advance(45_000);
    expect(await statusOf(post(url))).toBe(200);
  });

  it('is one organization’s', async () => {
    const { url } = await subscribed();
    await post(url);
    setting = await createSetting(table);
    const { following } = await subscribed();
    expect(await outcomeOf(following)).toBe('sent');
  });
});

describe('the link', () => {
  it('shows a page with a button, and changes nothing', async () => {
    const { url, following } = await subscribed();
    const { statusCode, headers, body } = await call('GET', url);
    expect([statusCode, headers?.['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(body).toContain('marketing emails from Garage');
    expect(body).toMatch(/<form method="post">\s*<input type="hidden" name="List-Unsubscribe" value="One-Click">/);
    expect((await historyOf()).log).toEqual([]);
    expect(await outcomeOf(following)).toBe('sent');
  });

  it('names nobody', async () => {
    const { url, conversation } = await subscribed();
    expect(decodeURIComponent(url)).not.toMatch(/@|john|example\.com/i);
    expect(url).not.toContain(conversation.id);
  });

  it.each([
    ['no form', '', FORM],
    ['another form', 'List-Unsubscribe=No', FORM],
    ['no form by its type', ONE_CLICK, { 'content-type': 'text/plain' }],
    ['half a form', '--x\r\nContent-Disposition: form-data; name="List', { 'content-type': 'multipart/form-data' }],
  ])('does nothing when it is sent %s', async (_what, body, headers) => {
    const { url } = await subscribed();
    expect(await statusOf(post(url, body, headers))).toEqual([400, expect.any(String)]);
    expect((await historyOf()).log).toEqual([]);
  });

  it('takes no other method', async () => {
    const { url } = await subscribed();
    expect(await statusOf(call('PUT', url, ONE_CLICK))).toEqual([405, expect.any(String)]);
  });
});

describe('a link that is not ours', () => {
  const forgeries: [string, (token: string[]) => string[]][] = [
    ['signed by nobody', ([o = '', i = '', a = '']) => [o, i, a, '0'.repeat(20)]],
    ['of another organization', ([, i = '', a = '', s = '']) => ['5bad2f12e91d2c331be33364', i, a, s]],
    ['of another address', ([o = '', i = '', , s = '']) => [o, i, 'x'.repeat(43), s]],
    ['without a signature', (parts) => parts.slice(0, 3)],
    ['with more in it', (parts) => [...parts, 'x']],
    ['of no parts', () => ['x']],
  ];

  it.each(forgeries)('is one %s: it is refused like any other, asked or told', async (_how, forge) => {
    const { url } = await subscribed();
    const at = url.lastIndexOf('/') + 1;
    const forged = `${url.slice(0, at)}${forge(url.slice(at).split('.')).join('.')}`;
    const refused = [404, 'There is nothing at this address.'];
    expect([await statusOf(call('GET', forged)), await statusOf(post(forged))]).toEqual([refused, refused]);
    expect((await historyOf()).log).toEqual([]);
  });
});
