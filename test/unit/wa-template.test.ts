import { describe, expect, it } from 'vitest';
import {
  bodyOf,
  chooseTemplate,
  parameterCount,
  renderTemplate,
  type WantedLanguage,
  type WaTemplate,
  WaTemplateSchema,
} from '../../shared/domain/wa-template.ts';

const template = (
  language: string,
  text = `text in ${language}`,
  status = 'APPROVED',
  name = 'your_car_is_ready',
): WaTemplate => WaTemplateSchema.parse({ name, language, status, text });

const chosen = (templates: WaTemplate[], wanted: Partial<WantedLanguage>, name = 'your_car_is_ready') => {
  const choice = chooseTemplate(templates, name, { defaults: [], ...wanted });
  return 'template' in choice ? choice.template.language : { problem: choice.problem, languages: choice.languages };
};

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
    ['with a component of an unknown type', { name: 'n', language: 'nl', components: [{ type: 'SIDE', text: 'x' }] }],
    ['with named placeholders', { name: 'n', language: 'nl', text: 'Hi {{first_name}}' }],
  ])('never %s', (_, input) => expect(WaTemplateSchema.safeParse(input).success).toBe(false));
});

describe('the language of a template', () => {
  const nl = template('nl');
  const nlBE = template('nl_BE');
  const ptBR = template('pt_BR');
  const ptPT = template('pt_PT');
  const en = template('en');
  const enGB = template('en_GB');
  const enUS = template('en_US');

  it.each<[string, WaTemplate[], Partial<WantedLanguage>, string]>([
    ['is the requested one', [en, nl], { requested: 'nl', defaults: ['en'] }, 'nl'],
    ['is found by a hyphen', [ptBR, en], { requested: 'pt-BR' }, 'pt_BR'],
    ['is found in any case', [ptBR, en], { requested: 'PT_br' }, 'pt_BR'],
    ['is found by a hyphen in lower case', [enUS, nlBE], { requested: ' nl-be ' }, 'nl_BE'],
    ['is exact before base', [nl, nlBE], { requested: 'nl_BE' }, 'nl_BE'],
    ['is base before a variant', [nlBE, nl], { requested: 'nl_NL' }, 'nl'],
    ['is a regional variant of the base', [nlBE, en], { requested: 'nl' }, 'nl_BE'],
    ['is another regional variant, when there is no base', [ptPT, en], { requested: 'pt_BR' }, 'pt_PT'],
    ['is the first variant by name, whatever the order', [enUS, enGB], { requested: 'en' }, 'en_GB'],
    ['is the first default that matches', [en, nl], { defaults: ['de', 'nl', 'en'] }, 'nl'],
    ['tries all of one default before the next', [nlBE, en], { defaults: ['nl', 'en'] }, 'nl_BE'],
    ['skips empty defaults', [en], { defaults: ['', ' ', 'en'] }, 'en'],
    ['is a default when an empty one is requested', [en], { requested: '', defaults: ['en'] }, 'en'],
    [
      'of another template is not looked at',
      [template('de', 'x', 'APPROVED', 'other'), en],
      { defaults: ['de', 'en'] },
      'en',
    ],
    [
      'that waits for approval gives way to the next default',
      [template('nl', 'x', 'PENDING'), en],
      { defaults: ['nl', 'en'] },
      'en',
    ],
    [
      'that waits gives way to an approved variant',
      [template('nl', 'x', 'PENDING'), nlBE],
      { requested: 'nl' },
      'nl_BE',
    ],
  ])('%s', (_, templates, wanted, language) => expect(chosen(templates, wanted)).toBe(language));

  it('is a problem when requested and missing, though a default would match', () =>
    expect(chosen([nl, enGB, en], { requested: 'de', defaults: ['nl'] })).toEqual({
      problem: 'unknown_language',
      languages: ['en', 'en_GB', 'nl'],
    }));

  it('is a problem when no default matches', () =>
    expect(chosen([nl], { defaults: ['de', 'en'] })).toEqual({ problem: 'unknown_language', languages: ['nl'] }));

  it('does not match by first letters alone', () =>
    expect(chosen([template('fil')], { requested: 'fi' })).toEqual({
      problem: 'unknown_language',
      languages: ['fil'],
    }));

  it('is a problem when the template is unknown', () => {
    expect(chosen([nl], { requested: 'nl' }, 'other')).toEqual({ problem: 'unknown_template', languages: [] });
    expect(chosen([], { requested: 'nl' })).toEqual({ problem: 'unknown_template', languages: [] });
  });

  it.each(['PENDING', 'REJECTED', 'PAUSED', 'DISABLED', 'DELETED', 'LIMIT_EXCEEDED'])(
    'is not approved while it is %s',
    (status) =>
      expect(chosen([template('nl', 'x', status), en], { requested: 'nl' })).toEqual({
        problem: 'not_approved',
        languages: ['en'],
      }),
  );

  it('is not approved when no language is', () =>
    expect(chosen([template('nl', 'x', 'PENDING')], { requested: 'de' })).toEqual({
      problem: 'not_approved',
      languages: [],
    }));

  it('leaves the list as it was', () => {
    const list = [nl, en];
    chosen(list, { requested: 'en' });
    expect(list).toEqual([nl, en]);
  });

  it('names the template in the problem', () =>
    expect(chooseTemplate([], 'ready', { defaults: [] })).toEqual({
      problem: 'unknown_template',
      name: 'ready',
      languages: [],
    }));
});

describe('the text of a template', () => {
  const text = (body: string, ...parameters: string[]) => renderTemplate(template('nl', body), parameters);

  it.each([
    ['Hi', 0],
    ['Hi {{1}}', 1],
    ['{{2}} and {{1}}', 2],
    ['{{1}}, {{1}}', 1],
    ['{{1}} {{10}}', 10],
    ['{{ 1 }}', 1],
    ['{1} {{}} {{a b}}', 0],
  ])('%j takes %i parameters', (body, count) => expect(parameterCount(template('nl', body))).toBe(count));

  it('has each parameter in its place', () =>
    expect(text('{{2}}, {{1}}! {{1}}', 'a', 'b')).toEqual({ text: 'b, a! a' }));
  it('has the tenth apart from the first', () =>
    expect(text('{{1}} {{10}}', ...'abcdefghij')).toEqual({ text: 'a j' }));
  it('is the body as it is, when it takes none', () => expect(text('Hi {name}')).toEqual({ text: 'Hi {name}' }));
  it('takes a parameter literally: no placeholder, no $ in it is read', () =>
    expect(text('{{1}} {{2}}', '{{2}}', "$& $1 $' $$")).toEqual({ text: "{{2}} $& $1 $' $$" }));

  it.each([
    [['a'], 1],
    [[], 0],
    [['a', 'b', 'c'], 3],
  ])('is a problem with %j for two places', (parameters, given) =>
    expect(text('{{1}} {{2}}', ...parameters)).toEqual({ problem: 'parameter_count', expected: 2, given }),
  );

  it('is the body alone: header and footer are layout that Meta adds', () => {
    const dressed = WaTemplateSchema.parse({
      name: 'n',
      language: 'nl',
      components: [
        { type: 'HEADER', text: 'Head {{1}}' },
        { type: 'BODY', text: 'Body' },
        { type: 'FOOTER', text: 'Foot' },
      ],
    });
    expect(renderTemplate(dressed, [])).toEqual({ text: 'Body' });
  });
});
