import { describe, expect, it } from 'vitest';
import { bodyOf, placeholdersIn, type WaTemplate, WaTemplateSchema } from '../../shared/domain/wa-template.ts';

const template = (
  language: string,
  text = `text in ${language}`,
  status = 'APPROVED',
  name = 'your_car_is_ready',
): WaTemplate => WaTemplateSchema.parse({ name, language, status, text });

describe('a template is read', () => {
  it('as Meta lists it, keeping what we do not know', () => {
    const listed = {
      id: '1',
      name: 'order_update',
      language: 'pt_BR',
      status: 'APPROVED',
      category: 'UTILITY',
      quality_score: { score: 'GREEN' },
      components: [
        { type: 'HEADER', format: 'TEXT', text: 'Order' },
        { type: 'BODY', text: 'Order {{1}} is {{2}}.', example: { body_text: [['1', 'ready']] } },
        { type: 'FOOTER', text: 'Reply STOP' },
        { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'OK' }] },
      ],
    };
    expect(WaTemplateSchema.parse(listed)).toEqual(listed);
  });

  it.each(['text', 'content'])('in short, with %s for the body', (field) =>
    expect(WaTemplateSchema.parse({ name: 'n', language: 'nl', status: 'APPROVED', [field]: 'Hoi {{1}}' })).toEqual({
      name: 'n',
      language: 'nl',
      status: 'APPROVED',
      components: [{ type: 'BODY', text: 'Hoi {{1}}' }],
    }),
  );

  it('with components before text, when both are given', () =>
    expect(
      bodyOf(
        WaTemplateSchema.parse({ name: 'n', language: 'nl', text: 'no', components: [{ type: 'body', text: 'yes' }] }),
      ),
    ).toBe('yes'));

  it('with its status and types in capitals, and waiting when no status is given', () => {
    const read = WaTemplateSchema.parse({
      name: 'n',
      language: 'nl',
      components: [{ type: 'body', text: 'x' }],
      category: 'utility',
    });
    expect(read).toMatchObject({ status: 'PENDING', category: 'UTILITY', components: [{ type: 'BODY' }] });
    expect(WaTemplateSchema.parse({ name: 'n', language: 'nl', text: 'x', status: 'approved' }).status).toBe(
      'APPROVED',
    );
  });

  it('with a status that Meta has not invented yet', () =>
    expect(template('nl', 'x', 'LIMIT_EXCEEDED').status).toBe('LIMIT_EXCEEDED'));

  it('with a part that Meta has not invented yet', () =>
    expect(
      WaTemplateSchema.parse({
        name: 'n',
        language: 'nl',
        components: [{ type: 'BODY', text: 'x' }, { type: 'hologram' }],
      }).components[1],
    ).toEqual({ type: 'HOLOGRAM' }));

  it('with a body that Meta writes itself', () =>
    expect(
      bodyOf(
        WaTemplateSchema.parse({
          name: 'otp',
          language: 'nl',
          components: [{ type: 'BODY', add_security_recommendation: true }],
        }),
      ),
    ).toBe(''));

  it.each<[string, object]>([
    ['without a name', { language: 'nl', text: 'x' }],
    ['with an empty name', { name: ' ', language: 'nl', text: 'x' }],
    ['without a language', { name: 'n', text: 'x' }],
    ['without a body', { name: 'n', language: 'nl' }],
    ['with a footer only', { name: 'n', language: 'nl', components: [{ type: 'FOOTER', text: 'x' }] }],
    ['with a component without a type', { name: 'n', language: 'nl', components: [{ type: ' ', text: 'x' }] }],
    ['with placeholders both named and numbered', { name: 'n', language: 'nl', text: 'Hi {{first_name}}, {{1}}' }],
  ])('never %s', (_, input) => expect(WaTemplateSchema.safeParse(input).success).toBe(false));
});

describe('the places of a text', () => {
  it.each<[string, string[]]>([
    ['Hi', []],
    ['Hi {{1}}', ['1']],
    ['{{2}} and {{1}}', ['1', '2']],
    ['{{1}}, {{1}}', ['1']],
    ['{{10}}', ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']],
    ['{{ 1 }}', ['1']],
    ['{{first_name}} {{ order }} {{first_name}}', ['first_name', 'order']],
    ['{1} {{}} {{a b}}', []],
  ])('of %j are %j', (text, places) => expect(placeholdersIn(text)).toEqual(places));
});
