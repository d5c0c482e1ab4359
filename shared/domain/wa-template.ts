import * as z from 'zod';

/** What Meta calls them: {{1}}, {{2}} in the text of a component. */
const PLACEHOLDER = /\{\{\s*(\d{1,3})\s*\}\}/g;
const NAMED_PLACEHOLDER = /\{\{\s*[A-Za-z_]\w*\s*\}\}/;

const upperCase = z.string().trim().toUpperCase();

const ComponentSchema = z.looseObject({
  type: upperCase.pipe(z.enum(['HEADER', 'BODY', 'FOOTER', 'BUTTONS'])),
  text: z.string().optional(),
});

/**
 * A WhatsApp template as Meta lists it, or in short with `text` or `content` for the body; either way it comes out
 * with `components`. Statuses are Meta's words in capitals and stay open: Meta adds some. Only APPROVED sends.
 * Source: Meta's message_templates and providers.md, section 3; named placeholders are refused, because
 * `meta.parameters` is an array by position.
 */
export const WaTemplateSchema = z
  .looseObject({
    id: z.string().optional(),
    organization: z.string().optional(),
    name: z.string().trim().min(1).max(512),
    language: z.string().trim().min(2).max(35),
    status: upperCase.pipe(z.string().min(1)).default('PENDING'),
    category: upperCase.optional(),
    components: z.array(ComponentSchema).optional(),
    text: z.string().optional(),
    content: z.string().optional(),
  })
  .transform(({ components, text, content, ...template }, context) => {
    const body = text ?? content;
    const normalised = components ?? (body === undefined ? [] : [{ type: 'BODY' as const, text: body }]);
    const bodyText = normalised.find(({ type }) => type === 'BODY');
    if (!bodyText)
      context.addIssue({ code: 'custom', path: ['components'], message: 'needs a BODY component, or text' });
    if (NAMED_PLACEHOLDER.test(bodyText?.text ?? '')) {
      context.addIssue({
        code: 'custom',
        path: ['components'],
        message: 'has named placeholders; number them, like {{1}}',
      });
    }
    return { ...template, components: normalised };
  });

export type WaTemplate = z.output<typeof WaTemplateSchema>;

/** The text of the body, empty where Meta writes it itself (authentication templates). */
export const bodyOf = (template: WaTemplate): string =>
  template.components.find(({ type }) => type === 'BODY')?.text ?? '';

/** How many parameters the body takes: its highest {{n}}. */
export const parameterCount = (template: WaTemplate): number =>
  Math.max(0, ...[...bodyOf(template).matchAll(PLACEHOLDER)].map(([, position]) => Number(position)));

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
  const isWaiting = approved.length === 0 || chain.some((language) => matching(named, language));
  const problem = named.length === 0 ? 'unknown_template' : isWaiting ? 'not_approved' : 'unknown_language';
  return { problem, name, languages: [...new Set(approved.map(({ language }) => language))] };
}

/**
 * Fills in the body. `text` is the body alone, because it becomes the message's `text`, what agents read and answer:
 * header and footer are layout that Meta adds itself, and a header may be a picture. The number of parameters must be
 * exact: Meta refuses both too few and too many (132000).
 */
export function renderTemplate(
  template: WaTemplate,
  parameters: readonly string[],
):
  | { readonly text: string }
  | { readonly problem: 'parameter_count'; readonly expected: number; readonly given: number } {
  const expected = parameterCount(template);
  if (parameters.length !== expected) return { problem: 'parameter_count', expected, given: parameters.length };
  return { text: bodyOf(template).replace(PLACEHOLDER, (_, position) => parameters[Number(position) - 1] ?? '') };
}
