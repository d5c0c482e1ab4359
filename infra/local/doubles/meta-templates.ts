import { type Fields, isFields } from './bad-input.ts';
import type { Senders, Template } from './senders.ts';

/** A template of a business account, with what only Meta knows of it. */
export interface MetaTemplate extends Template {
  readonly id: string;
  readonly category: string;
  readonly components: readonly Fields[];
}

export type Named = Pick<Template, 'name' | 'language'>;
export const isSame = (a: Named, b: Named): boolean => a.name === b.name && a.language === b.language;

export type MetaTemplates = ReturnType<typeof createMetaTemplates>;

/** The templates of each business account: those its numbers were registered with, and what was done to them since. */
export function createMetaTemplates(senders: Senders) {
  const changed = new Map<string, Map<string, MetaTemplate | undefined>>();

  function of(account: string): MetaTemplate[] {
    const registered = senders.whatsAppAccount(account).flatMap((sender) => sender.templates);
    const all = new Map(registered.map((template) => [keyOf(template), fromRegistered(account, template)]));
    for (const [key, template] of changed.get(account) ?? []) {
      if (template) all.set(key, template);
      else all.delete(key);
    }
    return [...all.values()];
  }

  function change(account: string, key: string, template: MetaTemplate | undefined): void {
    changed.set(account, (changed.get(account) ?? new Map()).set(key, template));
  }

  return {
    of,
    find: (account: string, named: Named) => of(account).find((template) => isSame(template, named)),
    put: (account: string, template: MetaTemplate) => change(account, keyOf(template), template),
    remove: (account: string, template: Named) => change(account, keyOf(template), undefined),
  };
}

const keyOf = ({ name, language }: Named): string => `${name} ${language}`;

/** The same for the same template of the same account, in digits as Meta's. */
export const templateId = (account: string, template: Named): string =>
  String([...`${account} ${keyOf(template)}`].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) % 1e15, 7));

const fromRegistered = (account: string, template: Template): MetaTemplate => ({
  ...template,
  id: templateId(account, template),
  category: 'UTILITY',
  components: template.components ?? [bodyComponent(template.body)],
});

function bodyComponent(text: string): Fields {
  const places = placesIn(text);
  const example = { body_text: [places.map((place) => `value ${place}`)] };
  return { type: 'BODY', text, ...(places.length > 0 && { example }) };
}

const PLACE = /\{\{\s*(\w+)\s*\}\}/g;

/** What the places of a text are called, each once, in order. */
export const placesIn = (text: unknown): string[] => [
  ...new Set([...String(text ?? '').matchAll(PLACE)].map(([, name = '']) => name)),
];

/** The text with its places filled in; those without a value stay. */
export const fillPlaces = (text: string, given: (place: string) => string | undefined): string =>
  text.replace(PLACE, (whole, name: string) => given(name) ?? whole);

export const partOf = ({ components }: Pick<Template, 'components'>, type: string): Fields | undefined =>
  components?.find((component) => String(component.type).toUpperCase() === type);

export const buttonsOf = (template: Pick<Template, 'components'>): Fields[] => {
  const buttons = partOf(template, 'BUTTONS')?.buttons;
  return Array.isArray(buttons) ? buttons.filter(isFields) : [];
};
