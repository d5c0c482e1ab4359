import type { ProviderName } from '../../../shared/providers/provider.ts';
import { BadInput, fieldsOf, textOf } from './bad-input.ts';

/** What a fault may be narrowed to: the recipient and the text of a message (of a mail: subject and text). */
export interface Subject {
  readonly to: string;
  readonly text: string;
}

export interface Fault {
  readonly provider: ProviderName;
  readonly behaviour: string;
  readonly times: number;
  readonly match?: string | Partial<Subject>;
  /** `lookup`: reading messages back (Twilio, Sunshine), instead of sending one. */
  readonly on: 'send' | 'lookup';
}

const PROVIDERS: readonly ProviderName[] = ['ses', 'twilio', 'whatsapp', 'aws-sms', 'aws-social', 'sunshine'];
const WITH_LOOKUP: readonly ProviderName[] = ['twilio', 'sunshine'];
/** Of these, codes are numbers; of `aws-social` those of failures, for they are Meta's. */
const NUMBERED: readonly ProviderName[] = ['twilio', 'whatsapp'];
const PLAIN = ['429', '500', 'hang', 'drop', 'refuse', 'accept-then-drop', 'lose-callbacks'];
const BEHAVIOURS = `${PLAIN.join(', ')}, reject:<code>, fail:<code>`;
const ON_LOOKUP = ['429', '500', 'hang', 'drop'];
const MAX_TIMES = 100_000;

/** Throws `BadInput`. */
export function parseFault(input: unknown): Fault {
  const fields = fieldsOf(input, 'A fault', ['provider', 'behaviour', 'times', 'match', 'on']);
  const provider = PROVIDERS.find((name) => name === fields.provider);
  if (!provider) throw new BadInput(`A fault needs "provider", one of ${PROVIDERS.join(', ')}.`);
  const behaviour = textOf(fields, 'behaviour', `A fault (one of ${BEHAVIOURS})`);
  checkBehaviour(provider, behaviour);
  const { times = 1, on = 'send' } = fields;
  if (typeof times !== 'number' || !Number.isInteger(times) || times < 1 || times > MAX_TIMES) {
    throw new BadInput(`"times" must be a whole number from 1 to ${MAX_TIMES}.`);
  }
  if (on !== 'send' && on !== 'lookup') throw new BadInput('"on" must be send or lookup.');
  if (on === 'lookup' && !(WITH_LOOKUP.includes(provider) && ON_LOOKUP.includes(behaviour))) {
    throw new BadInput(`Only ${WITH_LOOKUP.join(' and ')} have a lookup, and it knows ${ON_LOOKUP.join(', ')}.`);
  }
  if (behaviour === 'refuse' && fields.match !== undefined) {
    throw new BadInput('"refuse" closes the port for everyone, so it takes no "match".');
  }
  return { provider, behaviour, times, on, match: parseMatch(fields.match) };
}

function checkBehaviour(provider: ProviderName, behaviour: string): void {
  const [kind, code = ''] = behaviour.split(':', 2);
  const coded = kind === 'reject' || kind === 'fail';
  if (coded ? !/^\w+$/.test(code) : !PLAIN.includes(behaviour)) {
    throw new BadInput(`"${behaviour}" is no behaviour; known: ${BEHAVIOURS}.`);
  }
  const isNumbered = NUMBERED.includes(provider) || (provider === 'aws-social' && kind === 'fail');
  if (coded && isNumbered && !/^\d+$/.test(code)) throw new BadInput(`Error codes of ${provider} are numbers.`);
}

function parseMatch(match: unknown): Fault['match'] {
  if (match === undefined) return undefined;
  if (typeof match === 'string') return match;
  const fields = fieldsOf(match, '"match"', ['to', 'text']);
  const { to, text } = fields;
  if ([to, text].some((part) => part !== undefined && typeof part !== 'string')) {
    throw new BadInput('"match" must be a string, or an object with the strings "to" and "text".');
  }
  return fields as Partial<Subject>;
}
