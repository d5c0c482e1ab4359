import type { Correlation } from './provider.ts';

/**
 * A correlation travels in URLs, in Meta's `biz_opaque_callback_data`, in SES tags and in flat objects. All carry the
 * same four short values, made of letters, digits, `_` and `-` only: SES allows nothing else, and a query without
 * percent signs reads the same to every party that signs or forwards it. So the key `M#<due>#<seq>` travels as
 * `<due>-<seq>`.
 */
const ID = /^[A-Za-z0-9_-]{1,64}$/;
const KEY = /^(\d{13})-(\d{10})$/;
const ATTEMPT = /^(0|[1-9]\d{0,5})$/;

type Field = 'c' | 'k' | 'a' | 'm';
const FIELDS: readonly Field[] = ['c', 'k', 'a', 'm'];

/** A flat object of short strings: AWS `Context`, Sunshine `metadata`. */
export const correlationFields = (correlation: Correlation): Readonly<Record<Field, string>> => ({
  c: correlation.conversation,
  k: correlation.key.replace(/^M#/, '').replace('#', '-'),
  a: String(correlation.attempt),
  m: correlation.message,
});

function correlationOf(read: (field: Field) => readonly string[]): Correlation | undefined {
  const [c, k, a, m] = FIELDS.map((field) => {
    const values = read(field);
    return values.length === 1 ? (values[0] ?? '') : '';
  });
  const key = KEY.exec(k ?? '');
  if (!c || !m || !a || !key || !ID.test(c) || !ID.test(m) || !ATTEMPT.test(a)) return undefined;
  return { conversation: c, key: `M#${key[1]}#${key[2]}`, attempt: Number(a), message: m };
}

/** `c=…&k=…&a=…&m=…`, safe in a URL as it is. */
export const correlationQuery = (correlation: Correlation): string =>
  new URLSearchParams(correlationFields(correlation)).toString();

/** The correlation in a query string; undefined when any part is missing, repeated or malformed. Other parameters are ignored. */
export function parseCorrelationQuery(query: string): Correlation | undefined {
  const params = new URLSearchParams(query);
  return correlationOf((field) => params.getAll(field));
}

/** The correlation in a flat object; undefined when malformed. Other fields are ignored. */
export function parseCorrelationFields(fields: unknown): Correlation | undefined {
  if (typeof fields !== 'object' || fields === null) return undefined;
  const values = new Map<string, unknown>(Object.entries(fields));
  return correlationOf((field) => {
    const value = values.get(field);
    return typeof value === 'string' ? [value] : [];
  });
}

export interface CorrelationTag {
  readonly Name: string;
  readonly Value: string;
}

/** Tags for `SendRawEmail`; SES repeats them in the events of a configuration set. */
export function correlationTags(correlation: Correlation): CorrelationTag[] {
  const fields = correlationFields(correlation);
  return FIELDS.map((name) => ({ Name: name, Value: fields[name] }));
}

/** The correlation in `mail.tags` of an SES event (name → values); undefined when malformed. Other tags are ignored. */
export function parseCorrelationTags(tags: unknown): Correlation | undefined {
  if (typeof tags !== 'object' || tags === null) return undefined;
  const values = new Map<string, unknown>(Object.entries(tags));
  return correlationOf((field) => {
    const value = values.get(field);
    return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
  });
}
