import { type Fields, isFields } from './bad-input.ts';
import type { MetaProblem } from './meta-errors.ts';
import { type Part, parameterProblem, partsIn } from './meta-parameters.ts';
import { fillPlaces, isSame } from './meta-templates.ts';
import { digitsOf, type WhatsAppSender } from './senders.ts';

/** A request to send, in the words of this double; parts that are missing are empty. */
export interface MetaRequest {
  readonly body: Fields;
  readonly type: string;
  /** E.164 with `+`, or Meta's id of a person. */
  readonly to: string;
  /** The text, or the template's body with its parameters filled in. */
  readonly text: string;
  readonly template?: { readonly name: string; readonly language: string; readonly parameters: readonly string[] };
  /** What is given for the parts of the template. */
  readonly parts: readonly Part[];
  readonly correlation?: string;
}

/** What people are called to a business: without their number, where they hide it. */
export const USER_ID = /^[A-Z]{2}\.[A-Za-z0-9]{1,128}$/;
const MAX_TEXT = 4096;
const MAX_CORRELATION = 512;

export function parseMetaRequest(input: unknown, sender: WhatsAppSender | undefined): MetaRequest {
  const body = fieldsIn(input);
  const parts = partsIn(fieldsIn(body.template).components);
  const template = body.type === 'template' ? parseTemplate(fieldsIn(body.template), parts) : undefined;
  const stored = template && sender?.templates.find((t) => isSame(t, template));
  return {
    body,
    type: textIn(body.type),
    to: body.to ? `+${digitsOf(textIn(body.to))}` : textIn(body.recipient),
    text: template ? render(stored?.body ?? '', parts) : textIn(fieldsIn(body.text).body),
    template,
    parts,
    correlation: textIn(body.biz_opaque_callback_data) || undefined,
  };
}

/** What Meta finds wrong at once, or nothing. */
export function metaProblem(request: MetaRequest, sender: WhatsAppSender): MetaProblem | undefined {
  return (
    envelopeProblem(request, sender) ?? (request.template ? templateProblem(request, sender) : textProblem(request))
  );
}

function envelopeProblem({ body, type, to, correlation }: MetaRequest, sender: WhatsAppSender) {
  if (body.messaging_product !== 'whatsapp') return problem(100, 'messaging_product must be whatsapp');
  if (body.recipient_type !== 'individual') return problem(100, 'recipient_type must be individual');
  if (to === '') return problem(131008, 'The parameter to is required.');
  if (body.to === undefined && !USER_ID.test(to)) return problem(131009, 'recipient is no user id');
  if (body.to !== undefined && (typeof body.to !== 'string' || !/^\+?[1-9]\d{6,14}$/.test(body.to)))
    return problem(131009, 'to is no phone number');
  if (digitsOf(to) === digitsOf(sender.displayPhoneNumber))
    return problem(131021, 'Sender and recipient are the same.');
  if ((correlation?.length ?? 0) > MAX_CORRELATION)
    return problem(100, `biz_opaque_callback_data > ${MAX_CORRELATION}`);
  if (type !== 'text' && type !== 'template') return problem(131051, `Message type ${type || '(none)'}`);
  return undefined;
}

function textProblem({ text }: MetaRequest): MetaProblem | undefined {
  if (text === '') return problem(131008, 'text.body is required');
  return text.length > MAX_TEXT ? problem(100, `text.body must be at most ${MAX_TEXT} characters`) : undefined;
}

function templateProblem({ body, template, parts }: MetaRequest, sender: WhatsAppSender): MetaProblem | undefined {
  const { name = '', language = '' } = template ?? {};
  if (name === '' || language === '') return problem(131008, 'template.name and template.language.code are required');
  if (fieldsIn(fieldsIn(body.template).language).policy !== 'deterministic') {
    return problem(100, 'template.language.policy must be deterministic');
  }
  const stored = sender.templates.find((candidate) => isSame(candidate, { name, language }));
  if (stored?.status === 'PAUSED') return problem(132015, `template (${name}) is paused in ${language}`);
  if (stored?.status === 'DISABLED') return problem(132016, `template (${name}) is disabled in ${language}`);
  if (stored?.status !== 'APPROVED') return problem(132001, `template name (${name}) does not exist in ${language}`);
  return parameterProblem(stored, parts);
}

const bodyParameters = (parts: readonly Part[]) => parts.find(({ type }) => type === 'body')?.parameters ?? [];

const parseTemplate = (template: Fields, parts: readonly Part[]) => ({
  name: textIn(template.name),
  language: textIn(fieldsIn(template.language).code),
  parameters: bodyParameters(parts).map(({ text }) => textIn(text)),
});

const render = (body: string, parts: readonly Part[]): string =>
  fillPlaces(body, (place) => {
    const given = bodyParameters(parts);
    const parameter = given.find(({ parameter_name }) => parameter_name === place) ?? given[Number(place) - 1];
    return parameter && textIn(parameter.text);
  });

const problem = (code: number, details: string): MetaProblem => ({ code, details });
const fieldsIn = (value: unknown): Fields => (isFields(value) ? value : {});
const textIn = (value: unknown): string => (typeof value === 'string' ? value : '');
