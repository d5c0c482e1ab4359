import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OrganizationSchema } from '../../shared/contracts/configuration.ts';
import { putOrganization } from '../../shared/store/configuration.ts';
import { aroundCalls } from '../support/api-faults.ts';
import { emailMessage, newEmail } from '../support/api-requests.ts';
import { ORGANIZATION, USER } from '../support/api-seed.ts';
import { newId } from '../support/builders.ts';
import { type Ingest, type IngestSetting, startIngest } from './setting.ts';

let setting: IngestSetting;
let ingest: Ingest;
beforeAll(async () => {
  setting = await startIngest();
  ingest = setting.createIngest();
});
afterAll(() => setting?.stop());

// biome-ignore lint/suspicious/noExplicitAny: events are what another service may send, wrong ones too
type Json = any;

const detailFor = (email: string, overrides: Json = {}): Json => ({
  organization: ORGANIZATION.shop,
  contact: { profile: { email } },
  messages: [emailMessage()],
  ...overrides,
});
const eventOf = (detail: Json, id: string = crypto.randomUUID()): Json => ({
  version: '0',
  id,
  source: 'shop.orders',
  'detail-type': 'conversation.start.requested',
  account: '000000000000',
  time: '2026-05-12T09:30:00Z',
  region: 'eu-west-1',
  resources: [],
  detail,
});
/** The conversation of whoever has the address, as the API shows it. */
async function conversationOf(email: string): Promise<Json> {
  const { body } = await ingest.api.post('/v2/conversations?dryRun=true', { type: 'contact', ...detailFor(email) });
  if (body.conversation?.id === undefined) return undefined;
  return (await ingest.api.get(`/v2/conversations/${body.conversation.id}?populate=messages`)).body;
}

describe('an event that asks for a start', () => {
  it('starts a conversation as the user whom the organization names for it', async () => {
    const email = newEmail();
    await ingest.receive(eventOf(detailFor(email)));
    expect(await conversationOf(email)).toMatchObject({
      organization: ORGANIZATION.shop,
      createdBy: USER.shopBot,
      messages: [{ text: 'Hey there!', touchpoint: 'email', user: USER.shopBot }],
    });
    expect(ingest.told).toEqual([]);
  });

  it('adds to the conversation of a person who is known', async () => {
    const email = newEmail();
    await ingest.receive(eventOf(detailFor(email)));
    await ingest.receive(eventOf(detailFor(email, { messages: [emailMessage('Paid.')] })));
    expect((await conversationOf(email)).messages.map(({ text }: Json) => text)).toEqual(['Hey there!', 'Paid.']);
  });

  it('may name another user of the organization or of one above it', async () => {
    const email = newEmail();
    await ingest.receive(eventOf(detailFor(email, { user: USER.bot.toUpperCase() })));
    expect(await conversationOf(email)).toMatchObject({ createdBy: USER.bot });
  });

  it('may say null where it says nothing', async () => {
    const email = newEmail();
    await ingest.receive(eventOf(detailFor(email, { id: null, user: null, type: null, name: null })));
    expect(await conversationOf(email)).toMatchObject({ type: 'contact', createdBy: USER.shopBot });
    expect(ingest.told).toEqual([]);
  });

  it('acts as the user of the nearest organization above that names one', async () => {
    const [parent, child] = [newId(), newId()];
    const path = `${ORGANIZATION.root}#${parent}`;
    await putOrganization(
      setting.world.table,
      OrganizationSchema.parse({ id: parent, name: 'Parent', path, settings: { ingestUser: USER.bot } }),
    );
    await putOrganization(
      setting.world.table,
      OrganizationSchema.parse({ id: child, name: 'Child', path: `${path}#${child}` }),
    );
    const before = ingest.told.length;
    await ingest.receive(eventOf(detailFor(newEmail(), { organization: child })));
    // Everything was right but that the child has nothing to send email by.
    expect(ingest.told.slice(before)).toMatchObject([{ code: 'touchpoint_unavailable' }]);
  });
});

describe('an event has its effect once', () => {
  const messagesOf = async (email: string) => (await conversationOf(email)).messages.length;

  it('by its id on the bus, however often it comes, also to two environments at once', async () => {
    const email = newEmail();
    const event = eventOf(detailFor(email));
    await Promise.all([ingest.receive(event), setting.createIngest().receive(event)]);
    await ingest.receive(event);
    expect(await messagesOf(email)).toBe(1);
  });

  it('by the id in its detail, whichever event brings it', async () => {
    const email = newEmail();
    const detail = detailFor(email, { id: `order-${email}` });
    await ingest.receive(eventOf(detail));
    await ingest.receive(eventOf(detail));
    await ingest.receive(detail);
    expect(await messagesOf(email)).toBe(1);
  });

  it('as a message of its own on the queue by the id of the message', async () => {
    const email = newEmail();
    await ingest.receive(detailFor(email), { messageId: `sqs-${email}` });
    await ingest.receive(detailFor(email), { messageId: `sqs-${email}`, times: 2 });
    await ingest.receive(detailFor(email), { messageId: `sqs-${email}-2` });
    expect(await messagesOf(email)).toBe(2);
  });

  it('and an id that stood on another request is refused', async () => {
    const email = newEmail();
    await ingest.receive(eventOf(detailFor(email, { id: `twice-${email}` })));
    const before = ingest.told.length;
    await ingest.receive(eventOf(detailFor(email, { id: `twice-${email}`, messages: [emailMessage('Other.')] })));
    expect(ingest.told.slice(before)).toMatchObject([{ code: 'idempotency_key_reused', fields: ['id'] }]);
    expect(await messagesOf(email)).toBe(1);
  });
});

describe('an event that its sender must mend', () => {
  it.for<[what: string, code: string, fields: string[], overrides: Json]>([
    ['has no messages', 'invalid_request', ['messages'], { messages: undefined }],
    [
      'asks for nothing to the contact',
      'outbound_message_required',
      ['messages.0.role'],
      { messages: [{ text: 'Note.' }] },
    ],
    ['names no contact', 'identifier_required', ['contact.profile.email'], { contact: { profile: { name: 'John' } } }],
    ['names an unknown organization', 'not_found', [], { organization: 'ffffffffffffffffffffffff' }],
    ['names an organization without a user for it', 'invalid_request', ['user'], { organization: ORGANIZATION.bare }],
    ['acts as somebody of another organization', 'invalid_request', ['user'], { user: USER.stranger }],
    ['acts as nobody known', 'invalid_request', ['user'], { user: 'ffffffffffffffffffffffff' }],
    [
      'speaks for somebody of another organization',
      'invalid_request',
      ['messages.0.user'],
      {
        messages: [{ ...emailMessage(), user: USER.stranger }],
      },
    ],
    ['has an id that is none', 'invalid_request', ['id'], { id: 7 }],
    ['has no organization', 'invalid_request', ['organization'], { organization: { name: 'shop' } }],
  ])('because it %s is told on the bus, without its words, and is done', async ([, code, fields, overrides]) => {
    const own = setting.createIngest();
    const before = (await setting.world.items()).length;
    const event = eventOf(detailFor('john.secret@example.com', overrides));
    await own.receive(event);
    expect(own.told).toEqual([
      {
        version: '1',
        event: 'conversation.start.refused',
        id: event.id,
        ...(typeof event.detail.organization === 'string' && { organization: event.detail.organization }),
        code,
        fields: expect.arrayContaining(fields),
        at: expect.stringMatching(/^\d{4}-.*Z$/),
      },
    ]);
    expect(JSON.stringify(own.told)).not.toMatch(/john/i);
    expect(own.api.observer.counted('StartRefused')).toBe(1);
    expect(await setting.world.items()).toHaveLength(before);
  });

  it.for([[null], ['text'], [[]], [{}], [42]])(
    'because its detail is %j is refused like any other',
    async ([detail]) => {
      const own = setting.createIngest();
      await own.receive(eventOf(detail));
      expect(own.told).toMatchObject([{ code: 'invalid_request' }]);
    },
  );

  it('stays on the queue while the bus does not take the refusal', async () => {
    const deaf = setting.createIngest({ parts: { bus: { put: async (events) => [...events] } } });
    await expect(deaf.receive(eventOf({}))).rejects.toThrow('The bus did not take');
  });
});

describe('an event that meets a fault of ours', () => {
  it('stays on the queue, and starts one conversation when it comes again', async () => {
    const email = newEmail();
    const event = eventOf(detailFor(email));
    const faulty = setting.createIngest();
    aroundCalls(faulty.api.documents, async (call, proceed) => {
      const answer = await proceed();
      if (call.command.startsWith('TransactWrite')) throw new Error('the answer was lost');
      return answer;
    });
    await expect(faulty.receive(event)).rejects.toThrow('the answer was lost');
    expect(faulty.told).toEqual([]);
    await ingest.receive(event);
    expect((await conversationOf(email)).messages).toHaveLength(1);
  });
});
