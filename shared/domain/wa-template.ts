import * as z from 'zod';

/** What stands for a parameter: {{1}}, {{2}} by position, {{first_name}} by name. */
const PLACEHOLDER = /\{\{\s*(\d{1,3}|[A-Za-z_]\w*)\s*\}\}/g;

const upperCase = z.string().trim().toUpperCase();

const ButtonSchema = z.looseObject({ type: upperCase, url: z.string().optional() });

const ComponentSchema = z.looseObject({
  type: upperCase.pipe(z.string().min(1)),
  format: upperCase.optional(),
  text: z.string().optional(),
  buttons: z.array(ButtonSchema).optional(),
});
export type TemplateComponent = z.output<typeof ComponentSchema>;

/**
 * A WhatsApp template as Meta lists it, or in short with `text` or `content` for the body; either way it comes out
 * with `components`. Types of components and statuses are Meta's words in capitals and stay open: Meta adds some. Only
 * APPROVED sends. Source: Meta's message_templates and providers.md, section 3.
 */
export const WaTemplateSchema = z
  .looseObject({
    id: z.string().optional(),
    organization: z.string().optional(),
    name: z.string().trim().min(1).max(512),
    language: z.string().trim().min(2).max(35),
    status: upperCase.pipe(z.string().min(1)).default('PENDING'),
    /** Why it has its status, in the provider's words. */
    reason: z.string().optional(),
    category: upperCase.optional(),
    /** NAMED or POSITIONAL. Which of them it is follows from the text. */
    parameter_format: upperCase.optional(),
    components: z.array(ComponentSchema).optional(),
    text: z.string().optional(),
    content: z.string().optional(),
  })
  .transform(({ components, text, content, ...template }, context) => {
    const body = text ?? content;
    const normalised: TemplateComponent[] = components ?? (body === undefined ? [] : [{ type: 'BODY', text: body }]);
    const refuse = (message: string) => context.addIssue({ code: 'custom', path: ['components'], message });
    if (!normalised.some(({ type }) => type === 'BODY')) refuse('needs a BODY component, or text');
    for (const component of normalised) {
      if (isMixed(placeholdersIn(component.text)))
        refuse('mixes placeholders by position, like {{1}}, with others by name');
    }
    return { ...template, components: normalised };
  });

export type WaTemplate = z.output<typeof WaTemplateSchema>;

const isPosition = (placeholder: string): boolean => /^\d+$/.test(placeholder);

const isMixed = (placeholders: readonly string[]): boolean =>
  placeholders.some(isPosition) && !placeholders.every(isPosition);

/** The places of a text that take a parameter: `1` up to the highest number, or the names in order of appearance. */
export function placeholdersIn(text = ''): string[] {
  const found = [...new Set([...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name))];
  if (found.length === 0 || !found.every(isPosition)) return found;
  return Array.from({ length: Math.max(...found.map(Number)) }, (_, index) => String(index + 1));
}

/** The text with every place filled in, literally; nothing where `textOf` has nothing. */
export const fillIn = (text: string, textOf: (placeholder: string) => string | undefined): string =>
  text.replace(PLACEHOLDER, (_, name: string) => textOf(isPosition(name) ? String(Number(name)) : name) ?? '');

export const componentOf = (template: WaTemplate, type: string): TemplateComponent | undefined =>
  template.components.find((component) => component.type === type);

/** The text of the body, empty where Meta writes it itself (authentication templates). */
export const bodyOf = (template: WaTemplate): string => componentOf(template, 'BODY')?.text ?? '';

/** `PAUSED (FIRST_PAUSE)`: its status, with the provider's reason where there is one. */
export const statusOf = ({ status, reason }: Pick<WaTemplate, 'status' | 'reason'>): string =>
  reason === undefined ? status : `${status} (${reason})`;
