import { describe, expect, it } from 'vitest';
import { parseListQuery, parseShown } from '../../shared/contracts/list-query.ts';
import { RequestError } from '../../shared/domain/errors.ts';

const refusalOf = (rawQuery: string): [string | undefined, string] => {
  try {
    parseListQuery(rawQuery);
  } catch (error) {
    if (error instanceof RequestError) return [error.code, error.details[0]?.path ?? '-'];
    throw error;
  }
  return [undefined, ''];
};

it('asks for the first 100 of everything, where it says nothing', () =>
  expect(parseListQuery('')).toEqual({ select: [], populate: [], sort: [], limit: 100, offset: 0, filters: [] }));

describe('the reserved words', () => {
  it.each<[string, object]>([
    [
      'sort=-createdAt,name',
      {
        sort: [
          { field: 'createdAt', descending: true },
          { field: 'name', descending: false },
        ],
      },
    ],
    ['sort=orgPath', { sort: [{ field: 'orgPath', descending: false }] }],
    ['limit=500&offset=1000', { limit: 500, offset: 1000 }],
    ['limit=&offset=', { limit: 100, offset: 0 }],
    ['select=name,%20participants.user', { select: ['name', 'participants.user'] }],
    ['select=name, status', { select: ['name', 'status'] }],
    ['select=name&select=name,id', { select: ['name', 'id'] }],
    ['populate=categories.forms,organization', { populate: ['categories.forms', 'organization'] }],
    ['cursor=abc', { cursor: 'abc' }],
    ['cursor=', { filters: [] }],
  ])('are read in %s', (rawQuery, expected) => expect(parseListQuery(rawQuery)).toMatchObject(expected));

  it.each([
    ['limit=0', 'limit'],
    ['limit=501', 'limit'],
    ['limit=1e2', 'limit'],
    ['limit=-1', 'limit'],
    ['offset=-1', 'offset'],
    ['offset=x', 'offset'],
    ['offset=99999999999999999999', 'offset'],
    [`cursor=${'x'.repeat(2049)}`, 'cursor'],
    [`select=${Array.from({ length: 51 }, (_, index) => `f${index}`)}`, 'select'],
    [`select=${'x'.repeat(513)}`, 'select'],
  ])('are refused by their name in %s', (rawQuery, path) =>
    expect(refusalOf(rawQuery)).toEqual(['invalid_request', path]),
  );

  it('of a request for one resource are select and populate alone', () =>
    expect(parseShown('select=name&limit=x&populate=messages&foo=1')).toEqual({
      select: ['name'],
      populate: ['messages'],
    }));
});

describe('a filter', () => {
  it.each<[string, string, string, string[]]>([
    ['status=queued', 'status', 'is', ['queued']],
    ['meta.intent=buy', 'meta.intent', 'is', ['buy']],
    ['status=', 'status', 'is', ['']],
    ['status=!', 'status', 'not', ['']],
    ['name=~John', 'name', 'contains', ['John']],
    ['orgPath=^a%23b', 'orgPath', 'startsWith', ['a#b']],
    ['createdAt=>2019-01-01', 'createdAt', 'above', ['2019-01-01']],
    ['createdAt=>=2019-01-01', 'createdAt', 'atLeast', ['2019-01-01']],
    ['createdAt=%3C2019-01-01', 'createdAt', 'below', ['2019-01-01']],
    ['createdAt=<=2019-01-01', 'createdAt', 'atMost', ['2019-01-01']],
    ['status=!closed', 'status', 'not', ['closed']],
    ['status=![closed,active]', 'status', 'not', ['closed', 'active']],
    ['status=[queued,active]', 'status', 'is', ['queued', 'active']],
    ['status=%5Bqueued%2C%20active%5D', 'status', 'is', ['queued', 'active']],
    ['name=[~x]', 'name', 'is', ['~x']],
    ['name=~[x]', 'name', 'contains', ['[x]']],
    ['profile.telephone=%2B31612345678', 'profile.telephone', 'is', ['+31612345678']],
    ['name=John+Johnson', 'name', 'is', ['John Johnson']],
    ['a==b', 'a', 'is', ['=b']],
    ['limits=5', 'limits', 'is', ['5']],
  ])('is read in %s', (rawQuery, field, operator, values) =>
    expect(parseListQuery(rawQuery).filters).toEqual([{ field, operator, values }]),
  );

  it('may be given twice for one field, as the ends of a range are', () =>
    expect(parseListQuery('createdAt=>2019&createdAt=<2020').filters).toHaveLength(2));

  it.each([
    [Array.from({ length: 21 }, (_, index) => `f${index}=1`).join('&'), ''],
    [`name=${'x'.repeat(513)}`, 'name'],
    [`${'x'.repeat(513)}=1`, ''],
    [`id=[${Array.from({ length: 101 }, (_, index) => index)}]`, 'id'],
    ['id=[]', 'id'],
    ['id=![]', 'id'],
  ])('is refused where it is too much or nothing: %s', (rawQuery, path) =>
    expect(refusalOf(rawQuery)).toEqual(['invalid_request', path]),
  );
});
