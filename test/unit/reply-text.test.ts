import { expect, it } from 'vitest';
import { newPartOf } from '../../shared/domain/reply-text.ts';

const QUOTE = '> Your car is ready.\n> Bye';

it.each([
  ['Gmail', `Great!\n\nOn Mon, 2 Mar 2026 at 09:12, Garage <hello@garage.example> wrote:\n\n${QUOTE}\n`],
  ['Gmail, on two lines', `Great!\n\nOn Mon, 2 Mar 2026 at 09:12, Garage\n<hello@garage.example> wrote:\n\n${QUOTE}`],
  ['Gmail in Dutch', `Great!\r\n\r\nOp ma 2 mrt 2026 om 09:12 schreef Garage <hello@garage.example>:\r\n\r\n${QUOTE}`],
  ['Apple Mail in German', `Great!\n\nAm 02.03.2026 um 09:12 schrieb Garage <hello@garage.example>:\n\n${QUOTE}`],
  ['Apple Mail in French', `Great!\n\nLe 2 mars 2026 à 09:12, Garage <hello@garage.example> a écrit :\n\n${QUOTE}`],
  ['a program that quotes without a mark', 'Great!\n\nOn Mon, 2 Mar 2026, Garage wrote:\nYour car is ready.'],
  ['a program that quotes without a word', `Great!\n\n${QUOTE}`],
  [
    'Outlook',
    'Great!\n\n________________________________\nFrom: Garage <hello@garage.example>\nSent: Monday\nTo: John\n\nReady.',
  ],
  ['Outlook in Dutch', 'Great!\n\nVan: Garage <hello@garage.example>\nVerzonden: maandag\nAan: John\n\nReady.'],
  ['old Outlook', 'Great!\n\n-----Original Message-----\nFrom: Garage\n\nReady.'],
  ['a signature', 'Great!\n\n-- \nJohn Johnson\n+31 6 46280994'],
])('of a reply by %s the new part is left', (_program, text) => {
  expect(newPartOf(text)).toBe('Great!');
});

it.each([
  ['above the attribution', 'On my way.\n\nOn Thu, 26 Nov 2026, Garage wrote:'],
  ['right above it', 'On my way.\nOn Thu, 26 Nov 2026, Garage wrote:'],
  ['above one on two lines', 'On my way.\nOn Thu, 26 Nov 2026, Garage\n<hello@garage.example> wrote:'],
])('words %s that begin like it are the new part', (_where, text) => {
  expect(newPartOf(`${text}\n${QUOTE}`)).toBe('On my way.');
});

it.each([
  ['answers between quoted lines', `On Mon, 2 Mar 2026, Garage wrote:\n> Ready?\nYes.\n> When?\nToday.`],
  ['a forwarded message', 'See below.\n\n---------- Forwarded message ---------\nSubject: x\n\nWords'],
  ['words that only look like a quote’s', 'On Monday I wrote: nothing.\nFrom: here to there.\nVan: alles.'],
  ['nothing but a quote', QUOTE],
  ['a rule of its own', 'One\n________________\nTwo'],
  ['a list', '- one\n-- two\n--- three'],
])('of a reply with %s everything is kept', (_what, text) => {
  expect(newPartOf(text)).toBe(text);
});

it('of an empty reply is empty', () => {
  expect(newPartOf(' \r\n ')).toBe('');
});

it('is found in a text that is made to take for ever', () => {
  const long = [
    `${'On 1 '.repeat(50_000)}x`,
    'On 1\n'.repeat(20_000),
    `From: a\n`.repeat(20_000),
    'On 1 wrote:\n> a\nb\n'.repeat(9_000),
    '_'.repeat(200_000),
  ];
  expect(long.map((text) => typeof newPartOf(text))).toEqual(long.map(() => 'string'));
}, 20_000);
