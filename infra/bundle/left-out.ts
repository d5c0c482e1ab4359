/** What takes the place of a package's file, made of its source. */

/** Where a country's formats stand in its metadata (libphonenumber-js, version 4 of its metadata). */
const FORMATS = 4;

export function withoutFormats(source: string): string {
  const metadata = JSON.parse(source.slice(source.indexOf('{')));
  for (const place of Object.values<unknown[]>({ ...metadata.countries, ...metadata.nonGeographic }))
    place[FORMATS] = 0;
  return `export default ${JSON.stringify(metadata)}`;
}

function exportedNames(source: string): string[] {
  const declared = [...source.matchAll(/^export (?:const|function|class) (\w+)/gm)].map(([, name = '']) => name);
  const listed = [...source.matchAll(/^export \{([^}]+)\}/gm)].flatMap(([, list = '']) => list.split(','));
  const renamed = listed.map((item) => item.trim().split(' as ').at(-1) ?? '');
  return [...declared, ...renamed].filter((name) => name !== '');
}

const LEFT_OUT_EXPORT = `const leftOut = () => { throw new Error('left out of this bundle'); };`;
const asLeftOut = (names: readonly string[]): string =>
  `export { ${names.map((name) => `leftOut as ${name}`).join(', ')} };`;

/** Every exported name, of something that throws when it is called. */
export const namesOnly = (source: string): string => `${LEFT_OUT_EXPORT}${asLeftOut(exportedNames(source))}`;

/** What S3's client calls when it is made; nothing asks what it gets. */
const ASKED_AT_START = ['eventStreamSerdeProvider', 'resolveEventStreamSerdeConfig'];

export function withoutEventStreams(source: string): string {
  const others = exportedNames(source).filter((name) => !ASKED_AT_START.includes(name));
  const asIs = ASKED_AT_START.map((name) => `asIs as ${name}`).join(', ');
  return `${LEFT_OUT_EXPORT}${asLeftOut(others)}const asIs = (given) => given; export { ${asIs} };`;
}

/** What schemas ask for their own checks stands before them. */
export function withoutProcessors(source: string): string {
  const first = source.search(/^export const \w+Processor = /m);
  if (first < 0) throw new Error('zod has moved the processors of its JSON Schemas: see LEFT_OUT.');
  return `${source.slice(0, first)}${namesOnly(source.slice(first))}`;
}

/** By their classes; all others are told by their names. */
export const ERRORS_TOLD_APART = ['ConditionalCheckFailedException', 'TransactionCanceledException'] as const;
/** The SDK tries it again by what its class says. */
const TRIED_AGAIN = 'ReplicatedWriteConflictException';
const ERRORS_KEPT: ReadonlySet<string> = new Set([...ERRORS_TOLD_APART, TRIED_AGAIN]);
const ERROR_SCHEMA = /^export var (\w+)\$ = \[-3, n0, [^;]+;\nn0_registry\.registerError\(\1\$, \1\);\n/gm;

/** Of an error that is not registered, the SDK makes its client's base error, with the same name and message. */
export function fewErrors(source: string): string {
  const few = source.replace(ERROR_SCHEMA, (schema, name) => (ERRORS_KEPT.has(name) ? schema : ''));
  if (few === source) throw new Error('The SDK registers its errors in another way now: see LEFT_OUT.');
  return few;
}

export const withoutCache = (): string => 'export class EndpointCache {}';

export function versionOnly(source: string): string {
  return JSON.stringify({ version: JSON.parse(source).version });
}

/** Strings, comments and parentheses: what a call's end can be told by. */
const TOKENS = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`|\/\/.*|[()]/g;

/** Where the call ends whose arguments the text begins with. */
function endOfCall(text: string): number {
  let open = 1;
  for (const { 0: token, index } of text.matchAll(TOKENS)) {
    if (token === '(') open += 1;
    if (token === ')') open -= 1;
    if (open === 0) return index + 1;
  }
  throw new Error('A call of .meta() has no end.');
}

/** Schemas without what is told of them. Lines stay where they are, for source maps. */
export function withoutMeta(source: string): string {
  const [before = '', ...calls] = source.split('.meta(');
  return calls.reduce((kept, call) => {
    const end = endOfCall(call);
    return kept + call.slice(0, end).replace(/[^\n]/g, '') + call.slice(end);
  }, before);
}
