import { describe, expect, it } from 'vitest';
import { WaTemplateSchema } from '../../shared/domain/wa-template.ts';
import { fillTemplate, type TemplateInput } from '../../shared/domain/wa-template-fill.ts';

type Component = Record<string, unknown>;

const BODY: Component = { type: 'BODY', text: 'Hello' };
const fill = (components: Component[], input: TemplateInput = {}) =>
  fillTemplate(WaTemplateSchema.parse({ name: 'n', language: 'nl', status: 'APPROVED', components }), input);
const fillBody = (text: string, parameters?: unknown) => fill([{ type: 'BODY', text }], { parameters });
const withHeader = (header: object, given?: unknown) => fill([{ type: 'HEADER', ...header }, BODY], { header: given });
const withButtons = (buttons: object[], given?: unknown, parameters?: unknown) =>
  fill(
    [
      { ...BODY, text: parameters === undefined ? 'Hello' : 'Code {{1}}' },
      { type: 'BUTTONS', buttons },
    ],
    {
      buttons: given,
      parameters,
    },
  );
/** What is wrong, in short: the field, and what is missing or said of it. */
const problems = (filled: ReturnType<typeof fill>): string[] =>
  'problems' in filled
    ? filled.problems.map(
        (problem) => `${problem.field}: ${'needs' in problem ? `needs ${problem.needs}` : problem.says}`,
      )
    : [];

describe('the body of a template', () => {
  it.each<[string, unknown, string, string[]]>([
    ['{{2}}, {{1}}! {{1}}', ['a', 'b'], 'b, a! a', ['a', 'b']],
    ['{{1}} {{10}}', [...'abcdefghij'], 'a j', [...'abcdefghij']],
    ['Hi {name}', undefined, 'Hi {name}', []],
    ['Hi', [], 'Hi', []],
    ['{{1}} is {{2}}', [7, true], '7 is true', ['7', 'true']],
    ['{{1}} {{2}}', { 2: 'b', 1: 'a' }, 'a b', ['a', 'b']],
    ['{{1}}', 'alone', 'alone', ['alone']],
    ['{{1}} {{2}}', ['{{2}}', "$& $1 $' $$"], "{{2}} $& $1 $' $$", ['{{2}}', "$& $1 $' $$"]],
  ])('%j with %j reads %j', (text, parameters, read, kept) =>
    expect(fillBody(text, parameters)).toEqual({ text: read, use: { name: 'n', language: 'nl', parameters: kept } }),
  );

  it('may name its places', () =>
    expect(fillBody('{{order}} for {{first_name}}', { first_name: 'Jo', order: 12 })).toEqual({
      text: '12 for Jo',
      use: { name: 'n', language: 'nl', parameters: ['12', 'Jo'], names: ['order', 'first_name'] },
    }));

  it.each<[string, unknown, string[]]>([
    ['{{1}} {{2}}', ['a'], ['needs body parameter {{2}}']],
    ['{{1}} {{2}}', undefined, ['needs body parameter {{1}}', 'needs body parameter {{2}}']],
    ['{{1}} {{2}}', [null, ' '], ['needs body parameter {{1}}', 'needs body parameter {{2}}']],
    ['{{1}} {{2}}', ['a', 'b', 'c'], ['takes 2 body parameters, not 3']],
    ['Hi', ['a'], ['takes 0 body parameters, not 1']],
    ['{{1}}', { 1: 'a', 2: 'b' }, ['has no body parameter {{2}}']],
    ['{{order}}', {}, ['needs body parameter {{order}}']],
    ['{{order}}', { Order: 1, order: 2 }, ['has no body parameter {{Order}}']],
    ['{{order}}', ['a'], ['needs body parameter {{order}}']],
    ['{{1}}', ['a\nb'], ['takes no line end, tab or more than four spaces in a row in body parameter {{1}}']],
    ['{{1}}', ['a     b'], ['takes no line end, tab or more than four spaces in a row in body parameter {{1}}']],
    ['Hi {{1}}', ['x'.repeat(1022)], ['is 1025 characters long with these parameters, more than the 1024 of WhatsApp']],
  ])('%j with %j is refused', (text, parameters, said) =>
    expect(problems(fillBody(text, parameters))).toEqual(said.map((words) => `parameters: ${words}`)),
  );

  it('may be as long as WhatsApp takes, and have four spaces in a row', () =>
    expect(problems(fillBody('Hi {{1}}', [`    ${'x'.repeat(1017)}`]))).toEqual([]));
});

describe('the header of a template', () => {
  it.each<[string, object, unknown, unknown]>([
    ['a text without a place', { format: 'TEXT', text: 'News' }, undefined, undefined],
    ['a text', { format: 'TEXT', text: 'Order {{1}}' }, 12, { type: 'text', text: '12' }],
    ['a text that is a header by default', { text: 'Order {{1}}' }, ['12'], { type: 'text', text: '12' }],
    ['a text with a name', { text: 'For {{who}}' }, 'Jo', { type: 'text', text: 'Jo', name: 'who' }],
    ['a picture', { format: 'image' }, 'https://a.nl/b.png', { type: 'image', link: 'https://a.nl/b.png' }],
    ['a video', { format: 'VIDEO' }, ['https://a.nl/b.mp4'], { type: 'video', link: 'https://a.nl/b.mp4' }],
    [
      'a document',
      { format: 'DOCUMENT' },
      ['https://a.nl/b', 'Bill.pdf'],
      { type: 'document', link: 'https://a.nl/b', filename: 'Bill.pdf' },
    ],
    [
      'a place',
      { format: 'LOCATION' },
      [52.37, '4.9', 'Garage', 'Dam 1'],
      { type: 'location', latitude: 52.37, longitude: 4.9, name: 'Garage', address: 'Dam 1' },
    ],
  ])('is %s', (_, header, given, use) => {
    const filled = withHeader(header, given);
    expect(problems(filled)).toEqual([]);
    expect('use' in filled && filled.use.header).toEqual(use);
  });

  it.each<[object, unknown, string]>([
    [{ text: 'Order {{1}}' }, undefined, "needs the header's {{1}}"],
    [{ text: 'News' }, 'x', 'has no header to fill in'],
    [{ text: '{{1}}' }, 'x'.repeat(61), 'has a header of 61 characters then, more than the 60 of WhatsApp'],
    [{ text: '{{1}}' }, 'a\tb', "takes no line end, tab or more than four spaces in a row in the header's {{1}}"],
    [{ format: 'IMAGE' }, undefined, "needs an https link to the header's image"],
    [{ format: 'IMAGE' }, 'http://a.nl/b.png', "needs an https link to the header's image"],
    [{ format: 'VIDEO' }, 'b.mp4', "needs an https link to the header's video"],
    [{ format: 'DOCUMENT' }, `https://a.nl/${'x'.repeat(2000)}`, "needs an https link to the header's document"],
    [{ format: 'LOCATION' }, [52.37], "needs the header's location: latitude, longitude, name and address"],
    [{ format: 'LOCATION' }, [91, 4], "needs the header's location: latitude, longitude, name and address"],
    [{ format: 'LOCATION' }, ['north', 4], "needs the header's location: latitude, longitude, name and address"],
    [{ format: 'HOLOGRAM' }, undefined, 'has a header HOLOGRAM that is not known'],
  ])('%j with %j is refused', (header, given, said) =>
    expect(problems(withHeader(header, given))).toEqual([`header: ${said}`]),
  );

  it('is not there to be filled in where the template has none', () =>
    expect(problems(fill([BODY], { header: 'x' }))).toEqual(['header: has no header to fill in']));
});

describe('the buttons of a template', () => {
  const link = { type: 'URL', text: 'Track', url: 'https://a.nl/{{1}}' };

  it('take a value each, by their order; those that are as they are take none', () => {
    const buttons = [
      { type: 'QUICK_REPLY', text: 'Yes' },
      { type: 'PHONE_NUMBER', phone_number: '+31201234567' },
      link,
      { type: 'COPY_CODE' },
      { type: 'URL', url: 'https://a.nl' },
    ];
    const filled = withButtons(buttons, ['YES', null, 'o/12', 'SALE']);
    expect('use' in filled && filled.use.buttons).toEqual([
      { index: 0, type: 'quick_reply', value: 'YES' },
      { index: 2, type: 'url', value: 'o/12' },
      { index: 3, type: 'copy_code', value: 'SALE' },
    ]);
  });

  it('say their own text where a quick reply is given nothing', () => {
    const filled = withButtons([{ type: 'QUICK_REPLY', text: 'Yes' }]);
    expect(filled).toEqual({ text: 'Hello', use: { name: 'n', language: 'nl', parameters: [] } });
  });

  it('copy the password that the body shows', () => {
    const filled = withButtons([{ type: 'OTP', otp_type: 'COPY_CODE' }], undefined, ['123456']);
    expect('use' in filled && filled.use.buttons).toEqual([{ index: 0, type: 'url', value: '123456' }]);
  });

  it.each<[object[], unknown, string]>([
    [[{ type: 'QUICK_REPLY' }, link], undefined, "needs button 2's url suffix"],
    [[{ type: 'COPY_CODE' }], [' '], "needs button 1's code"],
    [[{ type: 'PHONE_NUMBER' }], ['x'], 'has a button 1 that takes no value'],
    [[link], ['a', 'b'], 'has 1 button, not 2'],
    [[], ['a'], 'has 0 buttons, not 1'],
    [[{ type: 'QUICK_REPLY' }], ['x'.repeat(257)], 'takes at most 256 characters for button 1'],
    [[{ type: 'COPY_CODE' }], ['x'.repeat(21)], 'takes at most 20 characters for button 1'],
    [[link], ['x'.repeat(1988)], 'takes at most 2000 characters for button 1'],
  ])('%j with %j are refused', (buttons, given, said) =>
    expect(problems(withButtons(buttons, given))).toEqual([`buttons: ${said}`]),
  );
});

it('tells everything that is wrong at once', () =>
  expect(
    problems(
      fill([
        { type: 'HEADER', format: 'IMAGE' },
        { type: 'BODY', text: '{{1}}' },
        { type: 'FOOTER', text: 'Bye' },
        { type: 'BUTTONS', buttons: [{ type: 'COPY_CODE' }] },
        { type: 'CAROUSEL', cards: [] },
      ]),
    ),
  ).toEqual([
    'template: has a part CAROUSEL that is not known',
    'parameters: needs body parameter {{1}}',
    "header: needs an https link to the header's image",
    "buttons: needs button 1's code",
  ]));
