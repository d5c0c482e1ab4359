import { invalid } from '../../shared/domain/errors.ts';
import { type CsvKind, wordsOf } from './csv-kind.ts';

/** What a cell says: where it goes in the body, and how its text is read. */
interface Column {
  readonly place: 'profile' | 'conversation' | 'message' | 'messageMeta';
  readonly field: string;
  read(text: string): unknown;
}

const asText = (text: string): unknown => text;
const asNumber = (text: string): unknown => Number(text.replace(',', '.'));
const asList = (text: string): unknown => text.split('|').map((part) => part.trim());

const column = (place: Column['place'], field: string, read = asText): [string, Column] => [
  field.toLowerCase(),
  { place, field, read },
];

/** By name in lower case. */
export const COLUMNS: ReadonlyMap<string, Column> = new Map([
  ...['name', 'givenName', 'familyName', 'email', 'telephone', 'locale', 'timeZone'].map((field) =>
    column('profile', field),
  ),
  ...['clientId', 'language'].map((field) => column('conversation', field)),
  column('conversation', 'tags', asList),
  ...['text', 'touchpoint', 'contentType'].map((field) => column('message', field)),
  column('message', 'touchpoints', asList),
  column('message', 'delay', asNumber),
  ...['template', 'fallbackTemplate', 'header', 'subject', 'purpose', 'SenderID'].map((field) =>
    column('messageMeta', field),
  ),
  ...['parameters', 'fallbackParameters', 'buttons'].map((field) => column('messageMeta', field, asList)),
]);

/** Keys and values of your own: `meta.order` of the message, `conversation.meta.order` of a new conversation. */
const OWN = /^(conversation\.)?meta\.(.+)$/i;

const columnOf = (name: string): Column | undefined => {
  const [whole, ofConversation, field = ''] = OWN.exec(name) ?? [];
  if (whole === undefined) return COLUMNS.get(name.toLowerCase());
  return { place: ofConversation === undefined ? 'messageMeta' : 'conversation', field, read: asText };
};

/** Throws 400 for a column that means nothing: a slip there would be a slip in every row. */
function demandColumns(names: readonly string[]): void {
  const unknown = names.find((name) => columnOf(name) === undefined);
  if (unknown !== undefined) throw invalid(unknown, 'is not the name of a column (docs/events-in.md lists them)');
  const twice = names.find(
    (name, index) => names.findIndex((other) => other.toLowerCase() === name.toLowerCase()) < index,
  );
  if (twice !== undefined) throw invalid(twice, 'is the name of two columns');
}

/** A row as a body of `POST /v2/conversations`: one message of an agent. Throws 400. */
function bodyOf(names: readonly string[], cells: readonly string[]): unknown {
  const said = wordsOf(names, cells).flatMap(({ name, text }) => {
    const known = columnOf(name);
    return known ? [{ ...known, name, value: known.read(text) }] : [];
  });
  const fieldsOf = (place: Column['place'], isOwn = false) =>
    Object.fromEntries(
      said
        .filter((cell) => cell.place === place && (place !== 'conversation' || OWN.test(cell.name) === isOwn))
        .map(({ field, value }) => [field, value]),
    );
  return {
    ...fieldsOf('conversation'),
    meta: fieldsOf('conversation', true),
    contact: { profile: fieldsOf('profile') },
    messages: [{ role: 'agent', ...fieldsOf('message'), meta: fieldsOf('messageMeta') }],
  };
}

/** Rows that start conversations. */
export const STARTS: CsvKind = { demandColumns, bodyOf };
