import { expect, test } from 'vitest';
import { readBatchFailures } from '../../infra/local/stack/partial-batch.ts';

const batch = new Set(['a', 'b']);

test.for([
  ['no answer', null],
  ['an empty answer', {}],
  ['an empty list', { batchItemFailures: [] }],
  ['no list', { batchItemFailures: null }],
] as const)('%s means that nothing failed', ([, answer]) => {
  expect(readBatchFailures(answer, batch)).toEqual(new Set());
});

test('identifiers of the batch mean that these failed', () => {
  expect(readBatchFailures({ batchItemFailures: [{ itemIdentifier: 'b' }] }, batch)).toEqual(new Set(['b']));
});

test.for([
  ['a text', 'done'],
  ['a list that is none', { batchItemFailures: 'b' }],
  ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }],
  ['no identifier', { batchItemFailures: [{ itemIdentifier: null }] }],
  ['a misspelt key', { batchItemFailures: [{ itemIdentifer: 'b' }] }],
  ['a stranger', { batchItemFailures: [{ itemIdentifier: 'b' }, { itemIdentifier: 'c' }] }],
] as const)('%s means that all failed', ([, answer]) => {
  expect(readBatchFailures(answer, batch)).toBe('all');
});
