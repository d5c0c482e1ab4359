import { expect, it } from 'vitest';
import { replyAddress, taggedValue, tagOfAddress, tagOfThreadId, threadId } from '../../shared/domain/reply-address.ts';
import { createSigner } from '../../shared/runtime/signer.ts';

const id = '6b02c454e3faac151028b108';
const signer = createSigner('pepper', 'reply');
const conversation = { id, organization: '6663a1f684ba342816c4b7c4' };
const tag = { conversation: id, signature: signer.sign(taggedValue(conversation)) };

it('leads a reply back, by its address and by its thread', () => {
  expect(tagOfAddress(replyAddress(tag, 'in.example.com'))).toEqual(tag);
  expect(tagOfThreadId(threadId(tag, 'in.example.com'))).toEqual(tag);
  expect(tagOfThreadId(`<${threadId(tag, 'in.example.com')}>`)).toEqual(tag);
});

it('survives a mail server that writes it in capitals', () => {
  const back = tagOfAddress(replyAddress(tag, 'in.example.com').toUpperCase());
  expect(back).toEqual(tag);
  expect(signer.isOurs(taggedValue(conversation), tag.signature.toUpperCase())).toBe(true);
});

it('fits before the @, where 64 characters are allowed', () => {
  expect(replyAddress(tag, 'in.example.com').indexOf('@')).toBe(51);
});

it.each([
  'john@example.com',
  'reply@example.com',
  `reply+${id}@example.com`,
  `reply+${id}.${'0'.repeat(19)}@example.com`,
  `reply+${id}.${'0'.repeat(21)}@example.com`,
  `x.reply+${id}.${'0'.repeat(20)}@example.com`,
])('is in no other address: %s', (address) => {
  expect(tagOfAddress(address)).toBeUndefined();
});

it('is signed for one conversation of one organization', () => {
  const isOurs = (value: string) => signer.isOurs(value, tag.signature);
  expect(isOurs(taggedValue(conversation))).toBe(true);
  expect(isOurs(taggedValue({ ...conversation, id: '6b02c454e3faac151028b109' }))).toBe(false);
  expect(isOurs(taggedValue({ ...conversation, organization: 'another' }))).toBe(false);
});

it('is signed for one purpose and under one pepper', () => {
  const value = taggedValue(conversation);
  expect(createSigner('pepper', 'unsubscribe').isOurs(value, tag.signature)).toBe(false);
  expect(createSigner('another', 'reply').isOurs(value, tag.signature)).toBe(false);
  for (const signature of ['', tag.signature.slice(1), `${tag.signature}0`, 'é'.repeat(20)]) {
    expect(signer.isOurs(value, signature)).toBe(false);
  }
});
