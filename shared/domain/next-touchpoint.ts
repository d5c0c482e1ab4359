import type { Alternative, Message } from './message.ts';

/** A message as its present touchpoint takes it, when others were given up before. */
export function asSwitched(message: Message): Message {
  const present = message.otherwise?.[(message.givenUp?.length ?? 0) - 1];
  if (!present) return message;
  const { text: _text, template: _template, fallback: _fallback, ...rest } = message;
  return { ...rest, ...present };
}

/** What is left to try, nearest first. */
export const alternativesLeft = ({ otherwise = [], givenUp = [] }: Message): readonly Alternative[] =>
  otherwise.slice(givenUp.length);

/**
 * The message by its next touchpoint, as the present one did not reach the contact; undefined when none is left, or an
 * attempt is unclear: who may have it already does not get it twice.
 */
export function switchTouchpoint(message: Message, code: string): Message | undefined {
  const [next] = alternativesLeft(message);
  const { touchpoint, givenUp = [] } = message;
  if (!next || !touchpoint || message.unclear) return undefined;
  return asSwitched({ ...message, touchpoint: next.touchpoint, givenUp: [...givenUp, { touchpoint, code }] });
}

/** Refusals of ours that stand against one touchpoint, and not against the next. */
const OURS: ReadonlySet<string> = new Set([
  'opted_out',
  'marketing_opted_out',
  'complained',
  'address_unusable',
  'no_address',
  'no_service',
  'window_closed',
  'template_unavailable',
]);

interface Refusal {
  readonly code: string;
  readonly class: string;
  readonly scope?: string;
  readonly effect?: string;
}

/**
 * Whether a refusal for good means that the contact cannot be reached this way. Not so for what is wrong with the
 * account, the sender or the request: that is to be mended, not to be sent by another touchpoint at another price.
 */
export const isOfTouchpoint = ({ code, class: failureClass, scope, effect }: Refusal): boolean =>
  failureClass === 'permanent' &&
  (OURS.has(code) || scope === 'recipient' || scope === 'template' || effect === 'needs_template');
