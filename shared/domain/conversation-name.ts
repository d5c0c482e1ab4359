/** Returns a number from 0 up to but not including 1. */
type Random = () => number;

const list = (words: string): readonly string[] => words.split(' ');

/** Syllables chosen so that every combination can be said aloud and none is a word to regret. */
const GIVEN_STARTS = list(
  'Bram Brin Dap Dim Fim Flim Gam Glim Hap Hum Jol Kim Lum Mar Mim Nim Ol Pim Plum Rol Sim Tam Tol Trin Um Wim Yol Zim',
);
const GIVEN_MIDDLES = list('le be do ma ne ro ti vo');
const GIVEN_ENDS = list('bick dock finch gate lin mont nock pin quist rick son ster ton vale wick worth');
const FAMILY_STARTS = list(
  'Amber Bird Brisk Bright Cloud Copper Daisy Fast Fern Field Frost Gold Green Leaf Light Moss North Quick Rain River Silver Soft Star Summer Swift Willow',
);
const FAMILY_ENDS = list(
  'bell bloom brook cap dale feather field fuzz garden glow hill lane lark meadow pebble path ridge song spark step stone thistle well whistle',
);

const SLUG_LENGTH = 9;
const SLUG_CHARACTERS = list('ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'.split('').join(' '));

const pick = (from: readonly string[], random: Random): string =>
  from[Math.min(Math.floor(random() * from.length), from.length - 1)] ?? '';

/** An invented name of two words, like "Fimlebick Fastfuzz", for a conversation that was given none. Not unique. */
export function createAlias(random: Random): string {
  const given = [GIVEN_STARTS, GIVEN_MIDDLES, GIVEN_ENDS].map((syllables) => pick(syllables, random)).join('');
  return `${given} ${pick(FAMILY_STARTS, random)}${pick(FAMILY_ENDS, random)}`;
}

/**
 * Nine characters of A-Z and 0-9, the public part of a conversation's URL (contract, section 2). Give it a
 * cryptographic `random`: whoever guesses a slug opens the page. Uniqueness is the store's condition.
 */
export const createSlug = (random: Random): string =>
  Array.from({ length: SLUG_LENGTH }, () => pick(SLUG_CHARACTERS, random)).join('');
