/** As much of a reply as is looked at: quotes of whole threads are long. */
const LONGEST = 262_144;

/** `On 1 March 2026 at 12:00, Shop wrote:`, as mail programs of several languages put it above what they quote. */
const ATTRIBUTION =
  /^(?:on|op|am|le|el|il|em|den|dne|w dniu)\b.{0,300}\d.{0,300}\b(?:wrote|schreef|schrieb|a écrit|escribió|ha scritto|escreveu|skrev|napsal|napisał)\b.{0,60}:$/iu;
/** What Outlook puts above a message that it quotes whole. */
const SEPARATOR =
  /^-{2,}\s*(?:original message|oorspronkelijk bericht|ursprüngliche nachricht|message d['’]origine|mensaje original|messaggio originale)\s*-{2,}$/i;
const HEADER_FROM = /^\*?(?:from|van|von|de|da|från|fra)\s?:\*?\s.+/i;
const HEADER_SENT =
  /^\*?(?:sent|date|verzonden|datum|gesendet|envoyé|enviado|fecha|inviato|data|skickat|sendt)\s?:\*?\s.+/i;
const SIGNATURE = /^-- ?$/;
const QUOTED = /^>/;
const RULE = /^_{8,}$/;

/**
 * What a contact wrote themselves: their text above what it quotes and above a signature. On doubt more is kept: an
 * answer between quoted lines keeps all of them, and a text that is nothing but a quote stays as it is.
 */
export function newPartOf(text: string): string {
  const lines = text
    .slice(0, LONGEST)
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) => line.trimEnd());
  const own = withoutTail(lines.slice(0, endOfOwn(lines)));
  const part = own.join('\n').trim();
  return part === '' ? lines.join('\n').trim() : part;
}

/** The line at which what is not the contact's own begins. */
function endOfOwn(lines: readonly string[]): number {
  const signature = lines.findIndex((line) => SIGNATURE.test(line));
  const header = lines.findIndex((_, index) => isHeaderBlock(lines, index));
  const attribution = attributionIn(lines);
  const ends = [signature, header, isAnsweredBelow(lines, attribution) ? -1 : attribution];
  return Math.min(lines.length, ...ends.filter((at) => at >= 0));
}

/** The line at which the first attribution begins; -1: there is none. A line of the contact's may begin like one. */
function attributionIn(lines: readonly string[]): number {
  const first = lines.findIndex((_, index) => attributionAt(lines, index) !== undefined);
  const span = first < 0 ? 0 : (attributionAt(lines, first) ?? 0);
  const begins = Array.from({ length: span }, (_, index) => first + index);
  return begins.findLast((index) => attributionAt(lines, index) !== undefined) ?? -1;
}

/** Over how many lines an attribution goes that begins here; undefined: none does. */
const attributionAt = (lines: readonly string[], index: number): number | undefined =>
  [1, 2, 3].find((count) =>
    ATTRIBUTION.test(
      lines
        .slice(index, index + count)
        .join(' ')
        .trim(),
    ),
  );

/** Whether answers stand between what is quoted below an attribution. */
function isAnsweredBelow(lines: readonly string[], attribution: number): boolean {
  const below = lines.slice(attribution + (attributionAt(lines, attribution) ?? 0)).filter((line) => line !== '');
  return below.some((line) => QUOTED.test(line)) && !below.every((line) => QUOTED.test(line));
}

function isHeaderBlock(lines: readonly string[], index: number): boolean {
  const line = lines[index] ?? '';
  if (SEPARATOR.test(line)) return true;
  const from = RULE.test(line) ? lines.findIndex((next, at) => at > index && next !== '') : index;
  return HEADER_FROM.test(lines[from] ?? '') && lines.slice(from + 1, from + 4).some((next) => HEADER_SENT.test(next));
}

/** Quoted and empty lines at the end say nothing new. */
function withoutTail(lines: readonly string[]): readonly string[] {
  const last = lines.findLastIndex((line) => line !== '' && !QUOTED.test(line));
  return lines.slice(0, last + 1);
}
