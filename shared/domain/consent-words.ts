/** Words that end messages by a touchpoint when they are the whole message (Twilio's, AWS's and the FCC's lists). */
const STOP_WORDS = [
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
];
const START_WORDS = ['start', 'unstop'];

/** An organization's own words, in its languages, besides the ones that always hold. */
export interface ConsentWords {
  readonly stopWords?: readonly string[];
  readonly startWords?: readonly string[];
}

const folded = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .trim()
    .replace(/^["'“”‘’«»„]+/, '')
    .replace(/[\s\p{P}]+$/u, '')
    .replace(/\s+/g, ' ')
    .toLowerCase();

const names = (words: readonly string[], text: string): boolean =>
  text !== '' && words.some((word) => folded(word) === text);

/** What a contact's message says of consent: only a whole message does, in any case. A stop word is never a start. */
export const consentIn = (text: string, own: ConsentWords = {}): 'stop' | 'start' | undefined => {
  const word = folded(text);
  if (names([...STOP_WORDS, ...(own.stopWords ?? [])], word)) return 'stop';
  return names([...START_WORDS, ...(own.startWords ?? [])], word) ? 'start' : undefined;
};
