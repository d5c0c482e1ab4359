import type { FilledTemplate } from './template-use.ts';
import { bodyOf, componentOf, fillIn, placeholdersIn, type WaTemplate } from './wa-template.ts';
import { fillButtons } from './wa-template-buttons.ts';
import { fillHeader } from './wa-template-header.ts';
import { isGiven, listOf, namedIn, type Problem, placeProblems, plural, textFrom } from './wa-template-values.ts';

/** What a caller gives for a template, as it came: `meta.parameters`, `meta.header`, `meta.buttons`. */
export interface TemplateInput {
  readonly parameters?: unknown;
  /** Fills the body's only place where no parameters are given. */
  readonly text?: string;
  readonly header?: unknown;
  readonly buttons?: unknown;
}

/** What is wrong with one part of the input, as the end of a sentence that begins with the template. */
export type TemplateProblem = Problem & { readonly field: 'template' | 'parameters' | 'header' | 'buttons' };

interface Unfilled {
  readonly problems: readonly TemplateProblem[];
}

/** Meta's limit in characters, for the text as it is filled in. */
const MAX_BODY = 1024;
const KNOWN_COMPONENTS = new Set(['HEADER', 'BODY', 'FOOTER', 'BUTTONS']);

/**
 * Fills in a template: everything that Meta would refuse it for (132000, 132005, 132012, 131008) is a problem here, all
 * of them at once. `text` is the body alone, because it becomes the message's `text`, what agents read and answer:
 * header and footer are layout that Meta adds itself, and a header may be a picture.
 */
export function fillTemplate(template: WaTemplate, input: TemplateInput): FilledTemplate | Unfilled {
  const body = fillBody(bodyOf(template), input);
  const header = fillHeader(componentOf(template, 'HEADER'), input.header);
  const buttons = fillButtons(componentOf(template, 'BUTTONS'), input.buttons, body.parameters[0]);
  const unknown = template.components.filter(({ type }) => !KNOWN_COMPONENTS.has(type));
  const problems = [
    ...unknown.map(
      ({ type }): TemplateProblem => ({ field: 'template', says: `has a part ${type} that is not known` }),
    ),
    ...body.problems,
    ...header.problems.map((problem): TemplateProblem => ({ field: 'header', ...problem })),
    ...buttons.problems.map((problem): TemplateProblem => ({ field: 'buttons', ...problem })),
  ];
  if (problems.length > 0) return { problems };
  const { name, language } = template;
  return {
    text: body.text,
    use: {
      name,
      language,
      parameters: body.parameters,
      ...(body.names && { names: body.names }),
      ...(header.use && { header: header.use }),
      ...(buttons.uses.length > 0 && { buttons: buttons.uses }),
    },
  };
}

function fillBody(text: string, { parameters, text: only }: TemplateInput) {
  const places = placeholdersIn(text);
  const [place] = places;
  const isOnly = only !== undefined && !isGiven(parameters) && place !== undefined && places.length === 1;
  const given = isOnly ? { [place]: only } : parameters;
  const isNamed = places.some((place) => !/^\d+$/.test(place));
  const byName = namedIn(given);
  const byPosition = isNamed ? [] : listOf(byName ? [] : given);
  const values = new Map(
    places.map((place) => [place, textFrom(byName ? byName[place] : byPosition[Number(place) - 1])]),
  );
  const filled = fillIn(text, (place) => values.get(place));
  const problems: TemplateProblem[] = [
    ...places.flatMap((place) => placeProblems(`body parameter {{${place}}}`, values.get(place))),
    ...surplus(places, byName, isNamed ? listOf(byName ? [] : given) : byPosition),
    ...(filled.length > MAX_BODY
      ? [{ says: `is ${filled.length} characters long with these parameters, more than the ${MAX_BODY} of WhatsApp` }]
      : []),
  ].map((problem) => ({ field: 'parameters', ...problem }));
  return {
    problems,
    text: filled,
    parameters: places.map((place) => values.get(place) ?? ''),
    names: isNamed ? places : undefined,
  };
}

function surplus(
  places: readonly string[],
  byName: Readonly<Record<string, unknown>> | undefined,
  byPosition: readonly unknown[],
): Problem[] {
  const unknown = Object.keys(byName ?? {}).filter((name) => !places.includes(name));
  if (unknown.length > 0) return unknown.map((name) => ({ says: `has no body parameter {{${name}}}` }));
  if (byPosition.length <= places.length) return [];
  return [{ says: `takes ${plural(places.length, 'body parameter')}, not ${byPosition.length}` }];
}
