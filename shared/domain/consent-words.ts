/** Words that end messages by a touchpoint when they are the whole message (Twilio's, AWS's and the FCC's lists). */
const STOP_WORDS: ReadonlySet<string> = new Set([
  'stop',
  'stopall',
  'stop all',
  'unsubscribe',
  'cancel',
  'end',
  'quit',
  'revoke',
  'optout',
  'opt out',
  'opt-out',
  'arret',
  'remove',
  'td',
]);
const START_WORDS: ReadonlySet<string> = new Set(['start', 'unstop']);

const folded = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .trim()
    .replace(/[\s.!]+$/, '')
    .replace(/\s+/g, ' ')
    .toLowerCase();

export type ConsentChange = 'stop' | 'start';

/** What a contact's message says of consent: only a whole message does, in any case. */
export const consentIn = (text: string): ConsentChange | undefined => {
  const word = folded(text);
  if (STOP_WORDS.has(word)) return 'stop';
  return START_WORDS.has(word) ? 'start' : undefined;
};
