import { type ErrorDetail, invalid, RequestError } from './errors.ts';
import type { FilledTemplate } from './template-use.ts';
import { statusOf, type WaTemplate } from './wa-template.ts';
import { fillTemplate, type TemplateInput, type TemplateProblem } from './wa-template-fill.ts';
import { chooseTemplate } from './wa-template-language.ts';

/** A template that a message asks for, and the paths by which its parts were given, for what is wrong with them. */
export interface TemplateRequest {
  readonly name: string;
  /** `meta.language`, if it is given. */
  readonly language?: string;
  readonly input: TemplateInput;
  readonly paths: Readonly<Record<TemplateProblem['field'] | 'language', string>>;
}

/** The templates there are, and the languages of conversation, organization and contact, in this order. */
export interface TemplateContext {
  readonly templates: readonly WaTemplate[];
  readonly languages: readonly string[];
}

/**
 * The template in its language, filled in. Throws 400 for one that cannot be sent, naming the languages it has, or
 * everything that is missing.
 */
export function demandTemplate(request: TemplateRequest, context: TemplateContext): FilledTemplate {
  const template = demandApproved(request, context);
  const filled = fillTemplate(template, request.input);
  if (!('problems' in filled)) return filled;
  const subject = `the template "${template.name}" (${template.language})`;
  const details = filled.problems.map(
    (problem): ErrorDetail => ({
      path: request.paths[problem.field],
      message: `${subject} ${predicateOf([problem])}`,
    }),
  );
  throw new RequestError(
    'invalid_request',
    `${details[0]?.path}: ${subject} ${predicateOf(filled.problems)}.`,
    details,
  );
}

function demandApproved({ name, language, paths }: TemplateRequest, context: TemplateContext): WaTemplate {
  const choice = chooseTemplate(context.templates, name, {
    ...(language !== undefined && { requested: language }),
    defaults: context.languages,
  });
  if ('template' in choice) return choice.template;
  if (choice.problem === 'unknown_template') {
    throw invalid(paths.template, `names no template of the organization: "${name}"`, 'unknown_template');
  }
  const { withheld } = choice;
  const is = withheld ? `it is ${statusOf(withheld)} in ${withheld.language}, and ` : '';
  const has =
    choice.languages.length > 0 ? `it is approved in ${choice.languages.join(', ')}` : 'it has no approved language';
  throw invalid(
    language === undefined ? paths.template : paths.language,
    `"${name}" cannot be sent in ${language ?? context.languages.join(', ')}: ${is}${has}`,
    'unknown_template',
  );
}

/** "needs a and b; takes 1 body parameter, not 2". */
function predicateOf(problems: readonly TemplateProblem[]): string {
  const needs = problems.flatMap((problem) => ('needs' in problem ? problem.needs : []));
  const says = problems.flatMap((problem) => ('says' in problem ? problem.says : []));
  return [...(needs.length > 0 ? [`needs ${listed(needs)}`] : []), ...says].join('; ');
}

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
