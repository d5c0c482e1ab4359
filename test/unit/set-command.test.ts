import { describe, expect, it } from 'vitest';
import {
  exceedsMeta,
  isSetNow,
  MAX_META_KEYS,
  parseSet,
  propertyChangesOf,
  withProperties,
} from '../../shared/domain/set-command.ts';
import { aConversation } from '../support/builders.ts';

const changesOf = (...texts: string[]) => propertyChangesOf(texts.map((text) => ({ type: 'command', text })));

describe('/set', () => {
  it.each<[string, [string, string | undefined][]]>([
    ['/set intent buy', [['intent', 'buy']]],
    ['/set note two words,\nand a line ', [['note', 'two words,\nand a line']]],
    ['  /set  spaced   out', [['spaced', 'out']]],
    ['/set intent', [['intent', undefined]]],
    ['/set intent ', [['intent', undefined]]],
    ['/set a.b[0] dotted', [['a.b[0]', 'dotted']]],
  ])('%j changes meta', (text, meta) => expect([...(changesOf(text)?.meta ?? [])]).toEqual(meta));

  it.each<[string, [string, string | number | undefined][]]>([
    ['/set @category Sales and more', [['category', 'Sales and more']]],
    ['/set @categoryIndex 3', [['categoryIndex', 3]]],
    ['/set @language nl', [['language', 'nl']]],
    ['/set @name Jo', [['name', 'Jo']]],
    ['/set @language', [['language', undefined]]],
    ['/set @categoryIndex ', [['categoryIndex', undefined]]],
  ])('%j changes a field of the conversation', (text, fields) =>
    expect([...(changesOf(text)?.fields ?? [])]).toEqual(fields),
  );

  it.each([
    ['/set', 'must name what it sets'],
    ['/set @status closed', 'cannot set @status'],
    ['/set @toString x', 'cannot set @toString'],
    ['/set @name', 'must not be empty'],
    ['/set @categoryIndex 12', 'must be a digit'],
    [`/set @language ${'x'.repeat(36)}`, '35 characters'],
    [`/set ${'k'.repeat(129)} x`, '128 characters'],
    [`/set k ${'x'.repeat(1025)}`, '1024 characters'],
  ])('%j is refused', (text, reason) =>
    expect(parseSet(text)).toEqual({ ok: false, reason: expect.stringContaining(reason) }),
  );

  it('that comes several times for one key ends as the last of them', () =>
    expect([...(changesOf('/set a 1', '/set b 1', '/set a 2', '/set b')?.meta ?? [])]).toEqual([
      ['a', '2'],
      ['b', undefined],
    ]));

  it('keeps what it does not name', () => {
    const before = aConversation({ meta: { kept: [1], gone: 'x' }, language: 'nl', category: 'Sales' });
    const after = withProperties(before, changesOf('/set gone', '/set new 1', '/set @language', '/set @name Jo'));
    expect(after).toEqual({ ...before, meta: { kept: [1], new: '1' }, language: undefined, name: 'Jo' });
  });

  it('may fill meta up to its limit, and then change what is there', () => {
    const meta = (keys: number) => Object.fromEntries(Array.from({ length: keys }, (_, key) => [`k${key}`, '1']));
    const changes = (...texts: string[]) => changesOf(...texts) ?? { meta: new Map(), fields: new Map() };
    expect(exceedsMeta({ meta: meta(MAX_META_KEYS - 1) }, changes('/set new 1'))).toBe(false);
    expect(exceedsMeta({ meta: meta(MAX_META_KEYS) }, changes('/set new 1'))).toBe(true);
    expect(exceedsMeta({ meta: meta(MAX_META_KEYS) }, changes('/set k1 2'))).toBe(false);
    expect(exceedsMeta({ meta: meta(MAX_META_KEYS) }, changes('/set k1', '/set new 1'))).toBe(false);
    expect(exceedsMeta({ meta: meta(MAX_META_KEYS + 9) }, changes('/set k1 2', '/set k2 2'))).toBe(false);
  });

  it('takes effect at once without a delay only', () => {
    expect(isSetNow({ type: 'command', text: '/set a 1' })).toBe(true);
    expect(isSetNow({ type: 'command', text: '/set a 1', delay: 0 })).toBe(true);
    expect(isSetNow({ type: 'command', text: '/set a 1', delay: 1 })).toBe(false);
    expect(isSetNow({ type: 'chat', text: '/set a 1' })).toBe(false);
    expect(isSetNow({ type: 'command', text: '/setup a 1' })).toBe(false);
  });
});
