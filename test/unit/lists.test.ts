import { describe, expect, it } from 'vitest';
import { scopesUpTo } from '../../shared/auth/scopes.ts';
import { parseListQuery } from '../../shared/contracts/list-query.ts';
import { RequestError } from '../../shared/domain/errors.ts';
import type { Fields } from '../../shared/lists/fields.ts';
import { listInMemory } from '../../shared/lists/list-in-memory.ts';
import type { References } from '../../shared/lists/populate.ts';

const FIELDS: Fields = {
  id: 'text',
  name: 'text',
  tags: 'text',
  level: 'number',
  enabled: 'boolean',
  createdAt: 'date',
  'members.user': 'text',
  'members.role': 'text',
  'meta.*': 'text',
};

const VIEWS = [
  {
    id: 'a',
    name: 'Alpha',
    tags: ['x', 'y'],
    level: 2,
    enabled: true,
    createdAt: '2026-01-01T00:00:00.000Z',
    members: [{ user: '1', role: 'agent' }],
    meta: { intent: 'Buy', 'a.b': 1 },
  },
  {
    id: 'b',
    name: 'beta',
    level: 10,
    createdAt: '2026-01-02T12:00:00.000Z',
    members: [
      { user: '1', role: 'bot' },
      { user: '2', role: 'admin' },
    ],
    meta: { intent: ['sell', 'rent'] },
  },
  { id: 'c', tags: [], level: 2, createdAt: '2026-01-03T00:00:00.000Z' },
];

const CALLER = {
  user: 'u',
  organization: 'o',
  scopes: scopesUpTo('agent'),
  paths: ['o'],
  agentPaths: ['o'],
  roles: [],
};

const REFERENCES: References = {
  'members.user': {
    scope: 'agent',
    load: async (ids) => new Map(ids.flatMap((id) => (id === '1' ? [[id, { id, name: 'Ada' }]] : []))),
  },
  name: { scope: 'admin', load: async () => new Map() },
};

const list = async (rawQuery: string) => {
  const request = { path: '/v2/things', rawQuery } as Parameters<typeof listInMemory>[1];
  const { body = '', headers } = await listInMemory('https://api.example.com', request, {
    query: parseListQuery(rawQuery),
    fields: FIELDS,
    views: VIEWS,
    references: REFERENCES,
    caller: CALLER,
  });
  return { views: JSON.parse(body), headers: headers ?? {} };
};
const ids = async (rawQuery: string): Promise<string> =>
  (await list(rawQuery)).views.map(({ id }: { id: string }) => id).join('');

const refusalOf = async (rawQuery: string): Promise<RequestError> => {
  try {
    await list(rawQuery);
  } catch (error) {
    if (error instanceof RequestError) return error;
    throw error;
  }
  throw new Error(`${rawQuery} was not refused.`);
};

describe('filters', () => {
  it.each([
    ['', 'abc'],
    ['name=alpha', 'a'],
    ['name=[ALPHA,beta]', 'ab'],
    ['name=!Alpha', 'bc'],
    ['name=![alpha,beta]', 'c'],
    ['name=~ET', 'b'],
    ['name=^al', 'a'],
    ['name=', 'c'],
    ['name=!', 'ab'],
    ['tags=y', 'a'],
    ['tags=', 'bc'],
    ['level=2', 'ac'],
    ['level=>2', 'b'],
    ['level=>=2', 'abc'],
    ['level=<10', 'ac'],
    ['level=<=10', 'abc'],
    ['enabled=true', 'a'],
    ['enabled=false', 'bc'],
    ['enabled=!true', 'bc'],
    ['createdAt=>2026-01-02', 'bc'],
    ['createdAt=>=2026-01-03', 'c'],
    ['createdAt=<2026-01-02T12:00:00', 'a'],
    ['createdAt=2026-01-02T13:00:00%2B01:00', 'b'],
    ['createdAt=>2026-01-01&createdAt=<2026-01-03', 'b'],
    ['members.role=admin', 'b'],
    ['members.role=!bot', 'ac'],
    ['members.user=1&members.role=admin', ''],
    ['members.user=2&members.role=admin', 'b'],
    ['members.user=1&members.role=!bot', 'a'],
    ['members.user=!2&members.role=!agent', 'c'],
    ['meta.intent=buy', 'a'],
    ['meta.intent=rent', 'b'],
    ['meta.a.b=1', 'a'],
    ['meta.constructor=', 'abc'],
    ['name=>a', 'ab'],
    ['name=alpha&level=2', 'a'],
    ['name=alpha&level=10', ''],
  ])('%s finds %s', async (rawQuery, expected) => expect(await ids(rawQuery)).toBe(expected));

  it.each([
    ['color=red', 'color', 'name'],
    ['meta=1', 'meta', 'meta.*'],
    ['meta.=1', 'meta.', 'meta.*'],
    ['constructor=1', 'constructor', 'name'],
    ['level=~2', 'level', 'text'],
    ['level=two', 'level', 'number'],
    ['level=1e400', 'level', 'number'],
    ['enabled=maybe', 'enabled', 'true or false'],
    ['enabled=', 'enabled', 'true or false'],
    ['createdAt=yesterday', 'createdAt', '8601'],
    ['createdAt=>2026-13-01', 'createdAt', '8601'],
    ['sort=color', 'sort', 'name'],
  ])('%s is refused, and says what would do', async (rawQuery, path, words) => {
    const { status, details, message } = await refusalOf(rawQuery);
    expect([status, details[0]?.path]).toEqual([400, path]);
    expect(message).toContain(words);
  });
});

describe('sorting', () => {
  it.each([
    ['sort=level', 'acb'],
    ['sort=-level', 'bac'],
    ['sort=level,-createdAt', 'cab'],
    ['sort=name', 'cab'],
    ['sort=-name', 'bac'],
    ['sort=-createdAt', 'cba'],
  ])('%s is the order %s', async (rawQuery, expected) => expect(await ids(rawQuery)).toBe(expected));
});

describe('selecting', () => {
  it.each<[string, object]>([
    ['select=name', { id: 'b', name: 'beta' }],
    ['select=name, members.role', { id: 'b', name: 'beta', members: [{ role: 'bot' }, { role: 'admin' }] }],
    ['select=meta.intent,nothing', { id: 'b', meta: { intent: ['sell', 'rent'] } }],
    ['select=members.role,members', { id: 'b', members: VIEWS[1]?.members }],
  ])('%s keeps those, and the id', async (rawQuery, expected) =>
    expect((await list(`${rawQuery}&id=b`)).views).toEqual([expected]),
  );
});

describe('references', () => {
  it('are filled in where they are known, and stay ids where not', async () =>
    expect((await list('id=[a,b]&populate=members.user&select=members.user')).views).toEqual([
      { id: 'a', members: [{ user: { id: '1', name: 'Ada' } }] },
      { id: 'b', members: [{ user: { id: '1', name: 'Ada' } }, { user: '2' }] },
    ]));

  it('leave those without it as they are', async () =>
    expect((await list('id=c&populate=members.user')).views).toEqual([VIEWS[2]]));

  it('that there are not are refused, and named', async () => {
    const { status, message } = await refusalOf('populate=members');
    expect([status, message]).toEqual([400, expect.stringContaining('members.user')]);
    expect((await refusalOf('populate=constructor')).status).toBe(400);
  });

  it('need the scope that fetching them needs', async () =>
    expect((await refusalOf('populate=name')).status).toBe(403));
});

describe('pages', () => {
  it('say how many there are, and where the next one is, without a comma', async () => {
    const { views, headers } = await list('limit=2&name=![x,y]&sort=-createdAt');
    expect([views.length, headers['x-total-count']]).toEqual([2, '3']);
    expect(headers.link).toBe(
      '<https://api.example.com/v2/things?limit=2&name=%21%5Bx%2Cy%5D&sort=-createdAt&offset=2>; rel="next"',
    );
  });

  it('lead to the end, each thing once', async () => {
    const seen: string[] = [];
    let rawQuery: string | undefined = 'limit=2&level=[2,10]';
    while (rawQuery !== undefined) {
      const { views, headers } = await list(rawQuery);
      seen.push(...views.map(({ id }: { id: string }) => id));
      rawQuery = /\?(.*)>/.exec(String(headers.link ?? ''))?.[1];
    }
    expect(seen).toEqual(['a', 'b', 'c']);
  });

  it('behind the end are empty', async () => expect(await list('offset=3')).toMatchObject({ views: [] }));
});
