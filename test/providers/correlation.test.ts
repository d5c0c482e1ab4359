import { describe, expect, test } from 'vitest';
import {
  correlationQuery,
  correlationTags,
  parseCorrelationQuery,
  parseCorrelationTags,
} from '../../shared/providers/correlation.ts';
import { CORRELATION, CORRELATION_QUERY } from './builders.ts';

/** As SES repeats tags in its events. */
const asEvent = (tags: readonly { Name: string; Value: string }[]) =>
  Object.fromEntries(tags.map(({ Name, Value }) => [Name, [Value]]));

describe('a correlation', () => {
  test('survives the way through a query string', () => {
    expect(correlationQuery(CORRELATION)).toBe(CORRELATION_QUERY);
    expect(parseCorrelationQuery(CORRELATION_QUERY)).toEqual(CORRELATION);
    expect(parseCorrelationQuery(`?${CORRELATION_QUERY}`)).toEqual(CORRELATION);
  });

  test('survives the way through SES tags, beside the tags that SES adds', () => {
    const tags = { ...asEvent(correlationTags(CORRELATION)), 'ses:source-ip': ['192.0.2.1'] };
    expect(parseCorrelationTags(tags)).toEqual(CORRELATION);
  });

  test('needs no characters that SES forbids in tags or that a URL would encode', () => {
    for (const { Name, Value } of correlationTags(CORRELATION)) expect(Name + Value).toMatch(/^[A-Za-z0-9_-]{1,256}$/);
    expect(correlationQuery(CORRELATION)).toMatch(/^[A-Za-z0-9_&=-]+$/);
  });

  test.each([
    ['nothing', ''],
    ['a missing part', CORRELATION_QUERY.replace(/&m=.*/, '')],
    ['an empty part', CORRELATION_QUERY.replace(/m=.*/, 'm=')],
    ['a repeated part', `${CORRELATION_QUERY}&c=other`],
    ['a key that is none', CORRELATION_QUERY.replace('1750030073000-', '')],
    ['a raw sort key', CORRELATION_QUERY.replace('1750030073000-', 'M%231750030073000%23')],
    ['a negative attempt', CORRELATION_QUERY.replace('a=2', 'a=-2')],
    ['an attempt that is no number', CORRELATION_QUERY.replace('a=2', 'a=1e3')],
    ['another table key in an id', CORRELATION_QUERY.replace('c=5bb', 'c=C%23')],
    ['an endless id', CORRELATION_QUERY.replace('m=', `m=${'x'.repeat(100)}`)],
  ])('is refused with %s', (_, query) => {
    expect(parseCorrelationQuery(query)).toBeUndefined();
  });

  test.each([[undefined], [null], ['c'], [[]], [{}], [{ c: 'x' }], [{ c: [1], k: [2], a: [3], m: [4] }]])(
    'is refused in tags like %j',
    (tags) => {
      expect(parseCorrelationTags(tags)).toBeUndefined();
    },
  );
});
