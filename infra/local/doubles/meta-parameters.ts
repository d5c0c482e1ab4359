import { type Fields, isFields } from './bad-input.ts';
import type { MetaProblem } from './meta-errors.ts';
import { buttonsOf, partOf, placesIn } from './meta-templates.ts';
import type { Template } from './senders.ts';

/** What is given for one part of a template, as it was sent. */
export interface Part {
  readonly type: string;
  readonly index: string;
  readonly parameters: readonly Fields[];
}

export function partsIn(components: unknown): Part[] {
  const list = Array.isArray(components) ? components.filter(isFields) : [];
  return list.map(({ type, index, parameters }) => ({
    type: String(type),
    index: String(index ?? ''),
    parameters: Array.isArray(parameters) ? parameters.filter(isFields) : [],
  }));
}

/** What Meta finds wrong with the parameters for a template, or nothing. */
export function parameterProblem(template: Template, parts: readonly Part[]): MetaProblem | undefined {
  const given = (type: string) => parts.find((part) => part.type === type)?.parameters ?? [];
  return (
    textProblem('body', partOf(template, 'BODY')?.text ?? template.body, given('body')) ??
    headerProblem(partOf(template, 'HEADER'), given('header')) ??
    buttonProblem(template, parts)
  );
}

function textProblem(where: string, text: unknown, given: readonly Fields[]): MetaProblem | undefined {
  const places = placesIn(text);
  if (given.length !== places.length) {
    const details = `${where}: number of localizable_params (${given.length}) does not match the expected number of params (${places.length})`;
    return { code: 132000, details };
  }
  const names = places.filter((place) => !/^\d+$/.test(place));
  if (names.some((name) => !given.some(({ parameter_name }) => parameter_name === name))) {
    return { code: 100, details: `${where}: Parameter name is missing or empty` };
  }
  return given.some((parameter) => parameter.text === '' || typeof parameter.text !== 'string')
    ? { code: 131008, details: `${where}: a parameter has no text` }
    : undefined;
}

function headerProblem(header: Fields | undefined, given: readonly Fields[]): MetaProblem | undefined {
  const format = String(header?.format ?? 'TEXT');
  if (format === 'TEXT') return textProblem('header', header?.text, given);
  const received = String(given[0]?.type ?? 'UNKNOWN').toUpperCase();
  return received === format
    ? undefined
    : { code: 132012, details: `header: Format mismatch, expected ${format}, received ${received}` };
}

function buttonProblem(template: Template, parts: readonly Part[]): MetaProblem | undefined {
  const buttons = buttonsOf(template);
  const missing = buttons.findIndex(
    ({ type, url }, index) =>
      (type === 'COPY_CODE' || (type === 'URL' && placesIn(url).length > 0)) &&
      !parts.some((part) => part.type === 'button' && part.index === String(index) && part.parameters.length === 1),
  );
  if (missing >= 0) {
    return {
      code: 131008,
      details: `buttons: Button at index ${missing} of type ${buttons[missing]?.type} requires a parameter`,
    };
  }
  return parts.some((part) => part.type === 'button' && !buttons[Number(part.index)])
    ? { code: 132000, details: 'buttons: there are parameters for more buttons than the template has' }
    : undefined;
}
