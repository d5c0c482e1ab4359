import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ServiceSchema, TemplateSchema } from '../../shared/contracts/configuration.ts';
import type { WaTemplate } from '../../shared/domain/wa-template.ts';
import type { ManagementFailure, TemplateManager } from '../../shared/providers/whatsapp/templates.ts';
import { putOrganization, putService } from '../../shared/store/configuration.ts';
import { getTemplate, listTemplates, putTemplate, setTemplateStatus } from '../../shared/store/templates.ts';
import { createTestClock } from '../support/api-clock.ts';
import { ORGANIZATION, USER } from '../support/api-seed.ts';
import { API_URL, type Api, startWorld, type World } from '../support/api-world.ts';
import { newId } from '../support/builders.ts';

let world: World;
let admin: string;
beforeAll(async () => {
  world = await startWorld();
  admin = await world.token(USER.admin, 'admin');
});
afterAll(() => world?.stop());

/** Meta with the templates of one account. */
function createMeta() {
  const templates: WaTemplate[] = [];
  const asked: string[] = [];
  const failures: ManagementFailure[] = [];
  let made = 0;
  const failing = async <T>(word: string, act: () => T) => {
    asked.push(word);
    const failure = failures.shift();
    return failure ?? ({ done: true, value: act() } as const);
  };
  const without = (id: string) => templates.splice(0, templates.length, ...templates.filter((one) => one.id !== id));
  const manager: TemplateManager = {
    list: (account) =>
      failing(`list ${account.id} ${account.accessToken}`, () => ({ templates: [...templates], unread: [] })),
    create: (account, template) =>
      failing(`create ${account.id} ${template.name}`, () => {
        made += 1;
        const stored = { ...template, id: `meta-${made}`, status: 'PENDING' };
        templates.push(stored);
        return { id: stored.id, status: stored.status };
      }),
    change: (_, id, changes) =>
      failing(`change ${id} ${Object.keys(changes)}`, () => {
        const known = templates.find((one) => one.id === id);
        if (known) Object.assign(known, changes, { status: 'PENDING' });
        return undefined;
      }),
    remove: (_, { name, id }) => failing(`remove ${name} ${id}`, () => void without(id)),
  };
  return { manager, templates, asked, failures };
}

const REFUSED: ManagementFailure = { done: false, refused: true, message: 'No emojis.' };
const DOWN: ManagementFailure = { done: false, refused: false, message: 'Sorry.' };

let meta: ReturnType<typeof createMeta>;
let api: Api;
let organization: string;
beforeEach(async () => {
  meta = createMeta();
  api = world.createApi({
    clock: createTestClock(),
    parts: { templates: meta.manager, secrets: { fields: async (name) => ({ accessToken: `token of ${name}` }) } },
  });
  organization = newId();
  await putOrganization(world.table, {
    id: organization,
    name: 'Garage',
    path: `${ORGANIZATION.root}#${organization}`,
    status: 'active',
    settings: { identifierConflict: 'touchpoint', resendUnknownWhatsapp: false },
  });
  await service({ businessAccountId: 'waba', secret: 'secret-a' });
});

const service = (params: object, type = 'whatsapp') =>
  putService(world.table, ServiceSchema.parse({ id: newId(), organization, type, params }));
const call = (method: string, path: string, body?: unknown, token = admin) =>
  api.send({
    method,
    path: `/v2/watemplates${path}`,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
const draft = (more: object = {}) => ({
  organization,
  name: 'ready',
  language: 'nl',
  category: 'UTILITY',
  text: 'Klaar, {{1}}!',
  ...more,
});
const create = async (more: object = {}) => (await call('POST', '', draft(more))).body;
const stored = async () =>
  (await listTemplates(world.table, organization)).map(({ name, language, status }) => `${name} ${language} ${status}`);
const sync = () => call('POST', `/sync?organization=${organization}`);

describe('making a template', () => {
  it('makes it at Meta, and stores it waiting for approval', async () => {
    const { status, body } = await call('POST', '', draft());
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      organization,
      orgPath: `${ORGANIZATION.root}#${organization}`,
      name: 'ready',
      language: 'nl',
      status: 'PENDING',
      category: 'UTILITY',
      components: [{ type: 'BODY', text: 'Klaar, {{1}}!' }],
      providerId: 'meta-1',
      createdAt: expect.any(String),
      updatedAt: body.createdAt,
    });
    expect(meta.asked).toEqual(['create waba ready']);
    expect((await call('GET', `/${body.id}`)).body).toEqual(body);
  });

  it.each<[string, object, number, string]>([
    ['a status of its own', { status: 'APPROVED' }, 400, 'status'],
    ['a name with capitals', { name: 'Ready' }, 400, 'name'],
    ['a language with a hyphen', { language: 'pt-BR' }, 400, 'language'],
    ['neither text nor components', { text: undefined }, 400, 'components'],
    ['a category that is none', { category: 'FUN' }, 400, 'category'],
    ['a number that cannot be kept', { text: undefined, components: [{ type: 'BODY', x: 1e300 }] }, 400, 'components'],
    [
      'a name that would be lost',
      { text: undefined, components: [{ type: 'BODY', x: JSON.parse('[{"__proto__":{"a":1}}]') }] },
      400,
      'components',
    ],
    ['a name that cannot be kept', { text: undefined, components: [{ type: 'BODY', '': 1 }] }, 400, 'components'],
    [
      'a name too long for the table',
      { text: undefined, components: [{ type: 'BODY', ['é'.repeat(32_768)]: 1 }] },
      400,
      'components',
    ],
    ['half of a character', { text: 'Uw auto \ud800' }, 400, 'text'],
    ['mixed placeholders', { text: '{{1}} {{name}}' }, 400, 'components'],
  ])('is refused with %s', async (_, more, status, path) => {
    const answer = await call('POST', '', draft(more));
    expect([answer.status, answer.body.error?.details?.[0]?.path]).toEqual([status, path]);
    expect([meta.asked, await stored()]).toEqual([[], []]);
  });

  it('is refused for one that is there, unless it was deleted', async () => {
    const { id } = await create();
    expect((await call('POST', '', draft())).body.error.code).toBe('template_exists');
    expect(meta.asked).toHaveLength(1);
    await setTemplateStatus(world.table, draft(), { status: 'DELETED', now: 1 });
    expect(await create()).toMatchObject({ id, status: 'PENDING', providerId: 'meta-2' });
  });

  it.each<[string, ManagementFailure, number, string]>([
    ['Meta refuses it', REFUSED, 400, 'template_refused'],
    ['Meta is down', DOWN, 502, 'provider_unavailable'],
  ])('stores nothing when %s, and says why', async (_, failure, status, code) => {
    meta.failures.push(failure);
    const answer = await call('POST', '', draft());
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
    expect(answer.body.error.message).toContain(failure.message);
    expect(await stored()).toEqual([]);
  });

  it('says what is missing where no account is known', async () => {
    const answer = await call('POST', '', draft({ organization: ORGANIZATION.shop }));
    expect([answer.status, answer.body.error.message]).toEqual([400, expect.stringContaining('businessAccountId')]);
  });
});

describe('changing a template', () => {
  it('has Meta review it again', async () => {
    const { id } = await create();
    await setTemplateStatus(world.table, draft(), { status: 'REJECTED', reason: 'SCAM', now: 1 });
    const { status, body } = await call('PATCH', `/${id}`, { text: 'Klaar!' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id,
      status: 'PENDING',
      category: 'UTILITY',
      components: [{ type: 'BODY', text: 'Klaar!' }],
    });
    expect(body.reason).toBeUndefined();
    expect(meta.asked.at(-1)).toBe('change meta-1 components');
    expect((await call('GET', `/${id}`)).body).toEqual(body);
  });

  it.each<[string, object]>([
    ['its name', { name: 'other' }],
    ['its language', { language: 'en' }],
    ['its status', { status: 'APPROVED' }],
    ['nothing', {}],
  ])('cannot change %s', async (_, changes) => {
    const { id } = await create();
    expect((await call('PATCH', `/${id}`, changes)).status).toBe(400);
    expect(meta.asked).toHaveLength(1);
  });

  it('changes nothing here when Meta refuses', async () => {
    const { id } = await create();
    meta.failures.push(REFUSED);
    expect((await call('PATCH', `/${id}`, { text: 'X' })).status).toBe(400);
    expect((await call('GET', `/${id}`)).body.components).toEqual([{ type: 'BODY', text: 'Klaar, {{1}}!' }]);
  });

  it('needs one that Meta knows', async () => {
    await putTemplate(world.table, TemplateSchema.parse({ ...draft(), status: 'APPROVED' }));
    const [{ id } = { id: '' }] = (await call('GET', `?organization=${organization}`)).body;
    expect((await call('PATCH', `/${id}`, { text: 'X' })).body.error.message).toContain('sync');
  });
});

describe('deleting a template', () => {
  it('deletes it at Meta, and then here', async () => {
    const { id } = await create();
    expect((await call('DELETE', `/${id}`)).status).toBe(204);
    expect(meta.asked.at(-1)).toBe('remove ready meta-1');
    expect((await call('GET', `/${id}`)).status).toBe(404);
    expect((await call('DELETE', `/${id}`)).status).toBe(404);
  });

  it('keeps it when Meta does not take the deletion', async () => {
    const { id } = await create();
    meta.failures.push(DOWN);
    expect((await call('DELETE', `/${id}`)).status).toBe(502);
    expect(await stored()).toEqual(['ready nl PENDING']);
  });

  it('does not ask Meta for one that Meta has not', async () => {
    const { id } = await create();
    await setTemplateStatus(world.table, draft(), { status: 'DELETED', now: 1 });
    expect((await call('DELETE', `/${id}`)).status).toBe(204);
    expect(meta.asked).toEqual(['create waba ready']);
  });
});

describe('a template of another account of the organization', () => {
  it('is changed and deleted there', async () => {
    await service({ businessAccountId: 'waba-2', secret: 'secret-b' });
    const asked: string[] = [];
    const { list } = meta.manager;
    meta.manager.list = async (account, timeoutMs) => {
      const listing = await list(account, timeoutMs);
      return account.id === 'waba-2' ? listing : { done: true, value: { templates: [], unread: [] } };
    };
    meta.manager.change = async ({ id }) => ({ done: true, value: void asked.push(`change ${id}`) });
    meta.manager.remove = async ({ id }) => ({ done: true, value: void asked.push(`remove ${id}`) });
    meta.templates.push({ ...draft(), id: 'theirs', status: 'APPROVED', components: [{ type: 'BODY', text: 'Hoi' }] });
    await sync();
    const [{ id } = { id: '' }] = (await call('GET', `?organization=${organization}`)).body;
    await call('PATCH', `/${id}`, { text: 'Nieuw' });
    await call('DELETE', `/${id}`);
    expect(asked).toEqual(['change waba-2', 'remove waba-2']);
  });
});

describe('a sync', () => {
  const listed = (name: string, more: object = {}): WaTemplate => ({
    id: `id-${name}`,
    name,
    language: 'nl',
    status: 'APPROVED',
    category: 'UTILITY',
    components: [{ type: 'BODY', text: name }],
    ...more,
  });

  it('brings what Meta has, and says how much that was', async () => {
    await create();
    meta.templates.push(listed('new'));
    await putTemplate(world.table, TemplateSchema.parse({ ...draft({ name: 'gone' }), status: 'APPROVED' }));
    meta.templates[0] = { ...meta.templates[0], status: 'APPROVED' } as WaTemplate;
    expect((await sync()).body).toEqual({ added: 1, changed: 1, removed: 1, unchanged: 0, unread: 0 });
    expect(await stored()).toEqual(['gone nl DELETED', 'new nl APPROVED', 'ready nl APPROVED']);
    expect(meta.asked.at(-1)).toBe('list waba token of secret-a');
  });

  it('of what is the same changes nothing', async () => {
    await create();
    meta.templates.push(listed('new', { parameter_format: 'POSITIONAL' }));
    await sync();
    const before = await listTemplates(world.table, organization);
    expect((await sync()).body).toMatchObject({ added: 0, changed: 0, removed: 0, unchanged: 2 });
    expect(await listTemplates(world.table, organization)).toEqual(before);
  });

  it('keeps the reason that only the webhook told, while the status stands', async () => {
    await create();
    meta.templates[0] = { ...meta.templates[0], status: 'REJECTED', category: 'MARKETING' } as WaTemplate;
    await setTemplateStatus(world.table, draft(), { status: 'REJECTED', reason: 'SCAM', now: 1 });
    await sync();
    expect(await getTemplate(world.table, draft())).toMatchObject({ status: 'REJECTED', reason: 'SCAM' });
    meta.templates[0] = { ...meta.templates[0], status: 'APPROVED' } as WaTemplate;
    await sync();
    expect((await getTemplate(world.table, draft()))?.reason).toBeUndefined();
  });

  it('does not undo what was made or decided while Meta was asked', async () => {
    await create();
    const { list } = meta.manager;
    const asking: TemplateManager = {
      ...meta.manager,
      async list(...by) {
        const before = await list(...by);
        await create({ name: 'meanwhile' });
        await setTemplateStatus(world.table, draft(), { status: 'PAUSED', now: 7 });
        return before;
      },
    };
    const racing = world.createApi({ parts: { ...api.parts, templates: asking } });
    await racing.send({
      method: 'POST',
      path: `/v2/watemplates/sync?organization=${organization}`,
      headers: { authorization: `Bearer ${admin}` },
    });
    expect(await stored()).toEqual(['meanwhile nl PENDING', 'ready nl PAUSED']);
  });

  it('leaves everything as it was when Meta cannot be asked', async () => {
    await create();
    meta.failures.push(DOWN);
    expect((await sync()).status).toBe(502);
    expect(await stored()).toEqual(['ready nl PENDING']);
  });

  it('asks each account once', async () => {
    await service({ businessAccountId: 'waba', secret: 'secret-b' });
    await service({ businessAccountId: 'waba-2', secret: 'secret-b' });
    await service({ businessAccountId: 'waba-3', secret: 'secret-b' }, 'twilio');
    await sync();
    expect(meta.asked.map((word) => word.split(' ')[1]).sort()).toEqual(['waba', 'waba-2']);
  });
});

describe('the list of templates', () => {
  const list = (query: string, token = admin) => call('GET', query, undefined, token);
  const names = ({ body }: Awaited<ReturnType<typeof list>>) =>
    body.map(({ name, language }: { name: string; language: string }) => `${name} ${language}`);

  it.each<[string, string[]]>([
    ['&name=your_car_is_ready', ['de', 'en', 'fr', 'nl'].map((language) => `your_car_is_ready ${language}`)],
    ['&language=en', ['your_car_is_ready en']],
    ['&status=pending', ['draft_only nl', 'your_car_is_ready fr']],
    ['&status=PENDING&language=nl', ['draft_only nl']],
    ['&limit=2&offset=1', ['draft_only nl', 'your_car_is_ready de']],
  ])('of an organization with %s', async (query, expected) =>
    expect(names(await list(`?organization=${ORGANIZATION.shop}${query}`))).toEqual(expected),
  );

  it('says how many there are beyond the page', async () =>
    expect((await list(`?organization=${ORGANIZATION.shop}&limit=1`)).headers['x-total-count']).toBe('6'));

  it('leads to the next page', async () =>
    expect((await list(`?organization=${ORGANIZATION.shop}&limit=5`)).headers.link).toBe(
      `<${API_URL}/v2/watemplates?organization=${ORGANIZATION.shop}&limit=5&offset=5>; rel="next"`,
    ));

  it('shows what was selected', async () =>
    expect((await list(`?organization=${ORGANIZATION.shop}&language=en&select=name`)).body).toEqual([
      { id: expect.any(String), name: 'your_car_is_ready' },
    ]));

  it('is that of the token’s organization, unless another is named', async () => {
    const stranger = await world.token(USER.stranger, 'admin');
    expect((await list('', stranger)).body).toEqual([]);
  });

  it.each(['?limit=0', '?limit=501', '?offset=-1', '?limit=x', '?organization=x', '?organization=[a,b]', '?color=red'])(
    'refuses %s',
    async (query) => expect((await list(query)).status).toBe(400),
  );
});

describe('who may', () => {
  it('read is an agent; write is an admin', async () => {
    const { id } = await create();
    const agent = await world.token(USER.agent, 'agent');
    const [method, path] = ['GET', `?organization=${ORGANIZATION.shop}`];
    expect((await call(method, path, undefined, agent)).status).toBe(200);
    for (const [verb, where, body] of [
      ['POST', '', draft()],
      ['PATCH', `/${id}`, { text: 'x' }],
      ['DELETE', `/${id}`, undefined],
      ['POST', '/sync', undefined],
    ] as const) {
      expect([verb, (await call(verb, where, body, agent)).status]).toEqual([verb, 403]);
    }
    const guest = await world.token(USER.guest, 'guest');
    expect((await call('GET', '', undefined, guest)).status).toBe(403);
  });

  it('reach an organization sees its templates; to others they do not exist', async () => {
    const { id } = await create();
    const stranger = await world.token(USER.stranger, 'admin');
    const unknown = newId();
    for (const [verb, body] of [['GET'], ['PATCH', { text: 'x' }], ['DELETE']] as const) {
      const theirs = await call(verb, `/${id}`, body, stranger);
      const nobodys = await call(verb, `/${unknown}`, body, stranger);
      expect([theirs.status, theirs.body]).toEqual([404, nobodys.body]);
    }
    for (const [verb, path, body] of [
      ['GET', `?organization=${organization}`, undefined],
      ['POST', '', draft()],
      ['POST', `/sync?organization=${organization}`, undefined],
    ] as const) {
      expect([path, (await call(verb, path, body, stranger)).status]).toEqual([path, 404]);
    }
    expect(meta.asked).toEqual(['create waba ready']);
    expect(await stored()).toEqual(['ready nl PENDING']);
  });

  it('name something else than a template finds none', async () => {
    const [message] = (
      await api.post('/v2/conversations', {
        organization: ORGANIZATION.shop,
        type: 'contact',
        contact: { profile: { email: `${newId()}@example.com` } },
        messages: [{ text: 'x', role: 'agent', touchpoint: 'email' }],
      })
    ).body.messages;
    expect((await call('GET', `/${message}`)).status).toBe(404);
    expect((await call('GET', '/not-an-id')).status).toBe(404);
  });
});
