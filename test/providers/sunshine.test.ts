import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { correlationFields } from '../../shared/providers/correlation.ts';
import type { Content, LookupRequest } from '../../shared/providers/provider.ts';
import { createSunshine } from '../../shared/providers/sunshine/sunshine.ts';
import { CORRELATION, sunshineRequest, withParams } from './builders.ts';
import { ANSWERS, refusal } from './contract/sunshine.ts';
import { type ProviderServer, type Script, startProviderServer } from './provider-server.ts';
import { loadSpec, NOT_CHECKED } from './specs.ts';

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

const APP = '/v2/apps/5d8cff3cd55b040010928b5b';
const OWNER = CORRELATION.conversation;
const { conversation, client, clients, conversations, posted } = ANSWERS;
const here = conversations(conversation);
const linked = clients(client('sms-integration'));
const sunshine = (now?: () => number) => createSunshine({ baseUrl: server.url, ...(now && { now }) });
const calls = () => server.requests.map(({ method, path }) => `${method} ${path.replace(APP, '')}`);
const bodyOf = (call: string) => JSON.parse(server.requests[calls().indexOf(call)]?.body || 'null');

const CONVERSATIONS = 'GET /conversations';
const CLIENTS = `GET /users/${OWNER}/clients`;
const LINK = `POST /users/${OWNER}/clients`;
const MESSAGE = `POST /conversations/${conversation.id}/messages`;
const NOTE = `PATCH /conversations/${conversation.id}`;
const made = { status: 201, body: { conversation } };
const asked = (status: string): Script => ({ status: 201, body: { client: client('sms-integration', status, null) } });

const template: Content = { kind: 'template', name: 'welcome', language: 'nl', parameters: ['John'], text: 'Hoi John' };
const whatsapp = (content: Content = template) => sunshineRequest({ touchpoint: 'whatsapp', content });
const whatsappLinked = clients(client('whatsapp-integration'));

describe('a message by Sunshine', () => {
  test('goes into the conversation of ours, to the integration, with our correlation', async () => {
    server.script(here, linked, posted);
    await sunshine().send(sunshineRequest());
    expect(calls()).toEqual([CONVERSATIONS, CLIENTS, MESSAGE]);
    expect(server.requests[0]?.query.get('filter[userExternalId]')).toBe(OWNER);
    expect(bodyOf(MESSAGE)).toEqual({
      author: { type: 'business' },
      content: { type: 'text', text: 'Hello John' },
      destination: { integrationId: 'sms-integration' },
      metadata: correlationFields(CORRELATION),
    });
    const [basic] = server.requests.map(({ headers }) => Buffer.from(headers.authorization?.slice(6) ?? '', 'base64'));
    expect(basic?.toString()).toBe('app_1:key-secret');
  });

  test('is not put into a conversation that somebody else made for the user', async () => {
    server.script(
      conversations({ id: 'other' }, { ...conversation, metadata: { overture: 'x' } }),
      { status: 409 },
      made,
    );
    await sunshine().send(sunshineRequest());
    expect(calls().slice(0, 3)).toEqual([CONVERSATIONS, 'POST /users', 'POST /conversations']);
  });

  test('sends a template by WhatsApp in the words of Meta, by SMS as its text', async () => {
    server.script(here, whatsappLinked, posted);
    await sunshine().send(withParams(whatsapp(), { whatsappNamespace: 'ns' }));
    expect(bodyOf(MESSAGE)).toMatchObject({
      schema: 'whatsapp',
      content: {
        type: 'template',
        template: { namespace: 'ns', name: 'welcome', language: { policy: 'deterministic', code: 'nl' } },
      },
      destination: { integrationId: 'whatsapp-integration' },
    });
    server.script(here, linked, posted);
    await sunshine().send(sunshineRequest({ content: template }));
    expect(bodyOf(MESSAGE).content).toEqual({ type: 'text', text: 'Hoi John' });
  });

  test('makes a conversation that vanished anew, once', async () => {
    server.script(
      here,
      linked,
      refusal(404, 'not_found'),
      refusal(404, 'user_not_found'),
      { status: 201 },
      made,
      linked,
      posted,
    );
    expect(await sunshine().send(sunshineRequest())).toMatchObject({ outcome: 'accepted' });
    expect(calls()).toEqual([
      CONVERSATIONS,
      CLIENTS,
      MESSAGE,
      CONVERSATIONS,
      'POST /users',
      'POST /conversations',
      CLIENTS,
      MESSAGE,
    ]);
    server.script(here, linked, refusal(404, 'not_found'), here, linked, refusal(404, 'not_found'));
    expect(await sunshine().send(sunshineRequest())).toMatchObject({ class: 'permanent', code: 'not_found' });
    expect(server.requests).toHaveLength(6);
  });

  test('has all its calls within one time', async () => {
    server.script(here, linked, posted);
    let now = 0;
    const slow = sunshine(() => {
      now += 700;
      return now;
    });
    expect(await slow.send(sunshineRequest({ timeoutMs: 1500 }))).toMatchObject({
      class: 'retryable',
      code: 'not_sent',
    });
    expect(calls()).not.toContain(MESSAGE);
  });

  test.each([
    ['no app', withParams(sunshineRequest(), { appId: undefined }), 'no_credentials'],
    ['no key', sunshineRequest({ secret: { keyId: 'k' } }), 'no_credentials'],
    ['no integration for its touchpoint', withParams(sunshineRequest(), { smsIntegration: undefined }), 'no_sender'],
  ])('with %s is refused without a call', async (_, request, code) => {
    server.script(posted);
    expect(await sunshine().send(request)).toMatchObject({ class: 'permanent', code });
    expect(server.requests).toHaveLength(0);
  });

  test('goes to Zendesk alone, whatever the subdomain says', async () => {
    const urls: string[] = [];
    const fetch: typeof globalThis.fetch = async (url) => {
      urls.push(String(url));
      return new Response(null, { status: 401 });
    };
    for (const subdomain of ['acme', undefined, 'evil.example/', 'a@evil.example']) {
      await createSunshine({ fetch }).send(withParams(sunshineRequest(), { subdomain }));
    }
    expect(urls.map((url) => new URL(url).origin)).toEqual(['https://acme.zendesk.com', 'https://api.smooch.io']);
    expect(new URL(urls[0] ?? '').pathname).toBe(`/sc${APP}/conversations`);
  });
});

describe('the first message by Sunshine', () => {
  test('makes user, conversation and link, and comes again while the link waits', async () => {
    server.script(refusal(404, 'user_not_found'), { status: 201 }, made, clients(), asked('pending'), { status: 200 });
    expect(await sunshine().send(sunshineRequest())).toMatchObject({
      class: 'retryable',
      code: 'link_pending',
      retryAfterMs: 2000,
    });
    expect(calls()).toEqual([CONVERSATIONS, 'POST /users', 'POST /conversations', CLIENTS, LINK, NOTE]);
    expect(bodyOf('POST /users')).toEqual({ externalId: OWNER });
    expect(bodyOf('POST /conversations')).toEqual({
      type: 'personal',
      participants: [{ userExternalId: OWNER, subscribeSDKClient: false }],
      metadata: { overture: OWNER },
    });
    expect(bodyOf(LINK)).toEqual({
      matchCriteria: { type: 'twilio', integrationId: 'sms-integration', phoneNumber: '+31646280994', primary: true },
      confirmation: { type: 'immediate' },
      target: { conversationId: conversation.id },
    });
    expect(bodyOf(NOTE)).toEqual({ metadata: { overture: OWNER, overtureLink: CORRELATION.message } });
  });

  test('goes on where the user is there already, and leaves at once when the link is', async () => {
    server.script(here, clients(), asked('active'), posted);
    expect(await sunshine().send(sunshineRequest())).toMatchObject({ outcome: 'accepted' });
    server.script(conversations(), refusal(409, 'conflict'), made, clients(), asked('active'), posted);
    expect(await sunshine().send(sunshineRequest())).toMatchObject({ outcome: 'accepted' });
  });

  test('sends nothing that says a name, an address or a text before the link', async () => {
    server.script(conversations(), { status: 201 }, made, clients(), asked('pending'), { status: 200 });
    await sunshine().send(sunshineRequest());
    expect(server.requests.filter(({ body }) => body.includes('Hello John'))).toEqual([]);
  });

  test.each([
    ['pending', 'retryable', 'link_pending', undefined],
    ['blocked', 'permanent', 'client_blocked', 'opt_out'],
  ])('does not leave over a link that is %s', async (status, failure, code, effect) => {
    server.script(here, clients(client('sms-integration', status)), posted);
    const result = await sunshine().send(sunshineRequest());
    expect(result).toMatchObject({ class: failure, code, ...(effect && { effect }) });
    expect(calls()).toEqual([CONVERSATIONS, CLIENTS]);
  });

  test('asks again over a link that is asleep, and waits where one is being made', async () => {
    for (const taken of [refusal(409, 'conflict'), { status: 409 }]) {
      server.script(here, clients(client('sms-integration', 'inactive')), taken);
      expect(await sunshine().send(sunshineRequest())).toMatchObject({ class: 'retryable', code: 'link_pending' });
    }
  });

  test('is refused when the link that it asked for is gone, the next message asks again', async () => {
    const noted = (message: string) =>
      conversations({ ...conversation, metadata: { overture: OWNER, overtureLink: message } });
    server.script(noted(CORRELATION.message), clients());
    expect(await sunshine().send(sunshineRequest())).toMatchObject({ class: 'permanent', code: 'link_refused' });
    expect(calls()).toEqual([CONVERSATIONS, CLIENTS]);
    server.script(noted('another'), clients(), asked('active'), posted);
    expect(await sunshine().send(sunshineRequest())).toMatchObject({ outcome: 'accepted' });
  });

  test('to a new number takes the old one off, and leaves other integrations alone', async () => {
    const old = { ...client('sms-integration', 'active', '+31600000000'), id: 'old' };
    const other = { ...client('whatsapp-integration', 'active', '+31600000000'), id: 'other' };
    server.script(here, clients(old, other), { status: 200 }, asked('active'), posted);
    expect(await sunshine().send(sunshineRequest())).toMatchObject({ outcome: 'accepted' });
    expect(calls()).toEqual([CONVERSATIONS, CLIENTS, `DELETE /users/${OWNER}/clients/old`, LINK, MESSAGE]);
    for (const gone of [refusal(404, 'not_found'), { status: 404 }]) {
      server.script(here, clients(old), gone, asked('active'), posted);
      expect(await sunshine().send(sunshineRequest())).toMatchObject({ outcome: 'accepted' });
    }
    server.script(here, clients(old), { status: 500 });
    expect(await sunshine().send(sunshineRequest())).toMatchObject({ class: 'retryable' });
    expect(calls()).not.toContain(MESSAGE);
  });

  test('knows a number however the channel writes it', async () => {
    server.script(here, clients(client('sms-integration', 'active', '31 646-280994')), posted);
    expect(await sunshine().send(sunshineRequest())).toMatchObject({ outcome: 'accepted' });
  });
});

test('Sunshine is asked for nothing that the specification does not know', async (context) => {
  const spec = loadSpec('sunshine-conversations.openapi.yaml', true);
  if (!spec) return context.skip(NOT_CHECKED);
  const at = (name: string) => `#/components/schemas/${name}`;
  const bodies: readonly (readonly [call: string, schema: string])[] = [
    ['POST /users', 'userCreateBody'],
    ['POST /conversations', 'conversationCreateBody'],
    [LINK, 'clientCreate'],
    [NOTE, 'conversationUpdateBody'],
    [MESSAGE, 'messagePost'],
  ];
  const check = () =>
    bodies
      .filter(([call]) => calls().includes(call))
      .map(([call, schema]) => {
        expect({ call, errors: spec.errors(at(schema), bodyOf(call)) }).toEqual({ call, errors: [] });
        expect({ call, unknown: spec.unknownProperties(at(schema), bodyOf(call)) }).toEqual({ call, unknown: [] });
        return call;
      });
  server.script(conversations(), { status: 201 }, made, clients(), asked('pending'), { status: 200 });
  await sunshine().send(sunshineRequest());
  expect(check()).toHaveLength(4);
  expect(spec.errors(at('matchCriteriaTwilio'), bodyOf(LINK).matchCriteria)).toEqual([]);
  for (const request of [sunshineRequest(), whatsapp(), whatsapp({ kind: 'text', text: 'Hi' })]) {
    server.script(here, request.touchpoint === 'sms' ? linked : whatsappLinked, posted);
    await sunshine().send(request);
    expect(check()).toEqual([MESSAGE]);
    expect(spec.errors(at('integrationId'), bodyOf(MESSAGE).destination)).toEqual([]);
    const { content } = bodyOf(MESSAGE);
    expect(spec.errors(at(content.type === 'text' ? 'textMessage' : 'templateMessage'), content)).toEqual([]);
  }
  expect(spec.errors(at('templateMessage'), bodyOf(MESSAGE).content)).not.toEqual([]);
  expect(spec.errors(at('matchCriteriaTwilio'), {})).not.toEqual([]);
});

describe('a lookup at Sunshine', () => {
  const SINCE = Date.parse('2026-11-22T10:00:00Z');
  const ours = { id: 'm1', received: '2026-11-22T10:00:01Z', metadata: correlationFields(CORRELATION) };
  const theirs = { id: 'm2', received: '2026-11-22T10:00:02Z', metadata: { m: 'another' } };
  const list = (messages: readonly object[], meta: object = { hasMore: false }): Script => ({
    status: 200,
    body: { messages, meta },
  });
  const lookup = (more: Partial<LookupRequest> = {}) =>
    sunshine().lookup?.({ ...sunshineRequest(), since: SINCE, ...more });

  test('finds the message by its correlation, whichever attempt it was', async () => {
    server.script(here, list([theirs, ours]));
    expect(await lookup()).toEqual({ outcome: 'found', providerIds: ['m1'] });
    server.script(here, list([ours]));
    expect(await lookup({ correlation: { ...CORRELATION, attempt: 7 } })).toMatchObject({ outcome: 'found' });
  });

  test('reads on until there is nothing that could be it', async () => {
    const before = { hasMore: true, beforeCursor: 'cursor' };
    server.script(here, list([theirs], before), list([ours]));
    expect(await lookup()).toMatchObject({ outcome: 'found' });
    expect(server.requests[2]?.query.get('page[before]')).toBe('cursor');
    server.script(here, list([{ ...theirs, received: '2026-11-22T09:00:00Z' }], before));
    expect(await lookup()).toEqual({ outcome: 'absent' });
    expect(server.requests).toHaveLength(2);
  });

  test('finds nothing where the conversation was never made', async () => {
    server.script(refusal(404, 'user_not_found'));
    expect(await lookup()).toEqual({ outcome: 'absent' });
  });

  test.each<[string, readonly Script[]]>([
    ['the list of conversations fails', [refusal(503, 'x')]],
    ['the list of messages fails', [here, refusal(500, 'x')]],
    ['the list is none', [here, { status: 200, body: { messages: 7 } }]],
    ['the list has no end', [here, list([theirs], { hasMore: true, beforeCursor: 'c' })]],
  ])('cannot tell when %s', async (_, scripts) => {
    server.script(...scripts);
    expect(await lookup()).toMatchObject({ outcome: 'unclear' });
  });
});
