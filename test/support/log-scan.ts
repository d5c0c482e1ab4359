import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const EMAIL = /[\w.+-]+@[\w-]+(\.[\w-]+)+/g;
/** One word may stand in a line by chance. */
const isTelling = (text: string): boolean => text.length > 5 && /[\s\d@]/.test(text);

/**
 * What functions wrote into their logs about people: any email address, and whatever of `known` (where people are reached,
 * what they were told, what they said). Ends with the name of the log.
 */
export function personalDataIn(folder: string, known: Iterable<string>): string[] {
  const telling = new Set([...known].filter(isTelling).flatMap(spellingsOf));
  return readdirSync(folder).flatMap((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    const found = new Set([...(text.match(EMAIL) ?? []), ...[...telling].filter((part) => text.includes(part))]);
    return [...found].map((part) => `${part} in ${name}`);
  });
}

const PERSONAL: ReadonlySet<string> = new Set(['name', 'givenName', 'familyName', 'email', 'telephone', 'text']);

/** What a request says of people, wherever in its body: who they are, where they are reached, what they are told. */
export function personalIn(body: unknown, field = ''): string[] {
  if (typeof body === 'string') return PERSONAL.has(field) ? [body] : [];
  if (Array.isArray(body)) return body.flatMap((item) => personalIn(item, field));
  return Object.entries(Object(body)).flatMap(([name, value]) => personalIn(value, name));
}

/** As it is, inside JSON, in a URL, and of a telephone number the digits alone. */
const spellingsOf = (text: string): string[] => [
  text,
  JSON.stringify(text).slice(1, -1),
  encodeURIComponent(text),
  ...(/^\+\d+$/.test(text) ? [text.slice(1)] : []),
];
