import { describe, expect, it } from 'vitest';
import { type WaTemplate, WaTemplateSchema } from '../../shared/domain/wa-template.ts';
import { chooseTemplate, type WantedLanguage } from '../../shared/domain/wa-template-language.ts';

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
