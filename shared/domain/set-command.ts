import { commandOf } from './commands.ts';
import type { Conversation } from './conversation.ts';
import type { MessageType } from './message.ts';

/** Beyond these a conversation's item would grow towards what a table can store. */
export const MAX_META_KEYS = 64;
const MAX_KEY = 128;
const MAX_VALUE = 1024;

/** The conversation's own fields that `/set @field` reaches. */
type Field = 'name' | 'language' | 'category' | 'categoryIndex';

/** What `/set` commands change, each key and field once; undefined clears. */
export interface PropertyChanges {
  readonly meta: ReadonlyMap<string, string | undefined>;
  readonly fields: ReadonlyMap<Field, string | number | undefined>;
}

type Parsed = { ok: true; changes: PropertyChanges } | { ok: false; reason: string };

const wrong = (reason: string): Parsed => ({ ok: false, reason });

const atMost =
  (longest: number) =>
  (value: string): string | undefined =>
    value.length > longest ? `must not be longer than ${longest} characters` : undefined;

/** By field: what is wrong with a value, if anything. */
const FIELDS: Readonly<Record<Field, (value: string) => string | undefined>> = {
  name: (value) => (value === '' ? 'must not be empty' : atMost(256)(value)),
  language: atMost(35),
  category: atMost(128),
  categoryIndex: (value) => (/^\d?$/.test(value) ? undefined : 'must be a digit'),
};

const isField = (name: string): name is Field => Object.hasOwn(FIELDS, name);

const NOTHING: PropertyChanges = { meta: new Map(), fields: new Map() };

function parseField(name: string, value: string): Parsed {
  if (!isField(name)) return wrong(`cannot set @${name}: fields are ${Object.keys(FIELDS).join(', ')}`);
  const reason = FIELDS[name](value);
  if (reason) return wrong(`sets @${name}, which ${reason}`);
  const written = name === 'categoryIndex' ? Number(value) : value;
  return { ok: true, changes: { ...NOTHING, fields: new Map([[name, value === '' ? undefined : written]]) } };
}

/** Reads `/set <key> <value>` or `/set @<field> <value>` (contract section 5); the value is the rest of the text. */
export function parseSet(text = ''): Parsed {
  const [, key, rest = ''] = /^\s*\/set(?:\s+(\S+)([\s\S]*))?$/.exec(text) ?? [];
  const value = rest.trim();
  if (key === undefined) return wrong('must name what it sets: /set <key> <value>');
  if (key.startsWith('@')) return parseField(key.slice(1), value);
  if (key.length > MAX_KEY) return wrong(`must not name a key longer than ${MAX_KEY} characters`);
  if (value.length > MAX_VALUE) return wrong(`must not set more than ${MAX_VALUE} characters`);
  return { ok: true, changes: { ...NOTHING, meta: new Map([[key, value === '' ? undefined : value]]) } };
}

interface Written {
  readonly type: MessageType;
  readonly text?: string;
  readonly delay?: number;
}

export const isSet = ({ type, text }: Written): boolean => type === 'command' && commandOf(text) === '/set';

/** Whether a message is a `/set` that takes effect with its acceptance. */
export const isSetNow = (message: Written): boolean => isSet(message) && (message.delay ?? 0) === 0;

/** What the `/set` commands among these change, in their order; undefined where nothing is set. */
export function propertyChangesOf(messages: readonly Written[]): PropertyChanges | undefined {
  const all = messages.filter(isSet).flatMap(({ text }) => {
    const parsed = parseSet(text);
    return parsed.ok ? [parsed.changes] : [];
  });
  if (all.length === 0) return undefined;
  return {
    meta: new Map(all.flatMap(({ meta }) => [...meta])),
    fields: new Map(all.flatMap(({ fields }) => [...fields])),
  };
}

type Properties = Pick<Conversation, 'meta' | Field>;

/** The properties with the changes. */
export function withProperties<T extends Properties>(before: T, changes: PropertyChanges | undefined): T {
  if (!changes) return before;
  const meta = new Map([...Object.entries(before.meta ?? {}), ...changes.meta]);
  return {
    ...before,
    ...Object.fromEntries(changes.fields),
    meta: Object.fromEntries([...meta].filter(([, value]) => value !== undefined)),
  };
}

/** Whether the changes bring more keys than a conversation may keep. */
export function exceedsMeta({ meta = {} }: Pick<Conversation, 'meta'>, changes: PropertyChanges): boolean {
  const added = [...changes.meta].filter(([key, value]) => value !== undefined && !Object.hasOwn(meta, key));
  const removed = [...changes.meta].filter(([key, value]) => value === undefined && Object.hasOwn(meta, key));
  return added.length > removed.length && Object.keys(meta).length + added.length - removed.length > MAX_META_KEYS;
}
