/** The parser keeps objects for each line: of short ones a mail of 40 MB takes more memory than a function has. */
const MAX_LINES = 20_000;
/** Of what is not encoded; it is text, of which a message holds 64 kB. */
const MAX_PLAIN_BYTES = 8 * 1024 * 1024;
/** What is encoded comes in lines of 60 to 76 characters; together they are one. */
const MIN_ENCODED = 60;
const MAX_JOINED = 65_536;
const LF = 10;
const CR = 13;

const BASE64: readonly boolean[] = Array.from({ length: 256 }, (_, code) =>
  /[A-Za-z0-9+/=]/.test(String.fromCharCode(code)),
);

/**
 * The mail in few enough lines to be parsed in the memory of a function: of a large one, what looks like base64 in fewer
 * and longer ones, which decode to the same, and of the rest no more than fits.
 */
export const thinMail = (raw: Uint8Array): Uint8Array =>
  raw.length <= MAX_PLAIN_BYTES && hasFewLines(raw) ? raw : thinned(raw);

function hasFewLines(raw: Uint8Array): boolean {
  let lines = 0;
  for (let at = raw.indexOf(LF); at >= 0 && lines <= MAX_LINES; at = raw.indexOf(LF, at + 1)) lines += 1;
  return lines <= MAX_LINES;
}

function thinned(raw: Uint8Array): Uint8Array {
  const thin = new Uint8Array(raw.length);
  let size = 0;
  let lines = 0;
  let plain = 0;
  let joined = 0;
  for (let start = 0; start < raw.length && lines < MAX_LINES && plain < MAX_PLAIN_BYTES; ) {
    const lineEnd = raw.indexOf(LF, start);
    const next = lineEnd < 0 ? raw.length : lineEnd + 1;
    const line = raw.subarray(start, next);
    const encoded = encodedLength(line);
    if (encoded > 0 && joined > 0 && joined < MAX_JOINED) {
      size = withoutLineEnd(thin, size);
      joined += encoded;
    } else {
      lines += 1;
      joined = encoded;
    }
    plain += encoded > 0 ? 0 : line.length;
    thin.set(line, size);
    size += line.length;
    start = next;
  }
  return thin.subarray(0, size);
}

/** How many characters of base64 a line is, if it is a whole one; else 0. */
function encodedLength(line: Uint8Array): number {
  const length = withoutLineEnd(line, line.length);
  if (length < MIN_ENCODED || length % 4 !== 0) return 0;
  for (let at = 0; at < length; at += 1) if (!BASE64[line[at] ?? 0]) return 0;
  return length;
}

function withoutLineEnd(bytes: Uint8Array, end: number): number {
  const beforeLf = bytes[end - 1] === LF ? end - 1 : end;
  return bytes[beforeLf - 1] === CR && beforeLf < end ? beforeLf - 1 : beforeLf;
}
