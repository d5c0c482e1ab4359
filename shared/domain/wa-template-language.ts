import type { WaTemplate } from './wa-template.ts';

export interface WantedLanguage {
  /** The caller's own `meta.language`; never replaced by a default. */
  readonly requested?: string;
  /** Conversation, organization, contact, in this order. */
  readonly defaults: readonly string[];
}

export type TemplateChoice =
  | { readonly template: WaTemplate }
  | {
      readonly problem: 'unknown_template' | 'unknown_language' | 'not_approved';
      readonly name: string;
      /** The languages in which the template is approved, in Meta's spelling. */
      readonly languages: string[];
      /** The version that would be sent if it were approved. */
      readonly withheld?: WaTemplate;
    };

const fold = (language: string): string => language.trim().toLowerCase().replaceAll('-', '_');
const baseOf = (language: string): string => fold(language).split('_')[0] ?? '';

const byLanguage = (a: WaTemplate, b: WaTemplate): number => (fold(a.language) < fold(b.language) ? -1 : 1);

/** Exactly the wanted language, else its base, else its first regional variant: sorted, a base precedes its variants. */
const matching = (sorted: readonly WaTemplate[], wanted: string): WaTemplate | undefined =>
  sorted.find(({ language }) => fold(language) === fold(wanted)) ??
  sorted.find(({ language }) => baseOf(language) === baseOf(wanted));

/**
 * Chooses the version of a template to send (providers.md, section 3, Language): among the approved ones, the first
 * wanted language that has a match. `nl-be` finds Meta's `nl_BE`; the template keeps Meta's spelling, which is what
 * sends. A requested language that has no match is a problem: what the caller asked for is never replaced silently.
 */
export function chooseTemplate(templates: readonly WaTemplate[], name: string, wanted: WantedLanguage): TemplateChoice {
  const named = templates.filter((template) => template.name === name).sort(byLanguage);
  const approved = named.filter(({ status }) => status === 'APPROVED');
  const chain = wanted.requested?.trim() ? [wanted.requested] : wanted.defaults.filter((language) => language.trim());
  for (const language of chain) {
    const template = matching(approved, language);
    if (template) return { template };
  }
  const withheld = chain.map((language) => matching(named, language)).find((template) => template !== undefined);
  const isWaiting = approved.length === 0 || withheld !== undefined;
  const problem = named.length === 0 ? 'unknown_template' : isWaiting ? 'not_approved' : 'unknown_language';
  return {
    problem,
    name,
    ...(withheld && { withheld }),
    languages: [...new Set(approved.map(({ language }) => language))],
  };
}
