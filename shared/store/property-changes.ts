import type { Conversation } from '../domain/conversation.ts';
import { MAX_META_KEYS, type PropertyChanges } from '../domain/set-command.ts';
import { absent, type Changes, type Condition, exists, part, sizeAtMost } from './expression.ts';

export interface PropertyWrite {
  readonly changes: Pick<Changes, 'set' | 'remove'>;
  readonly conditions: readonly Condition[];
}

/**
 * Writes what `/set` changes, key by key, so that others' keys stay. Without a look at the conversation it demands that
 * there is room; after one (`found`), that there is no less of it than was seen.
 */
export function writeProperties({ meta, fields }: PropertyChanges, found?: Pick<Conversation, 'meta'>): PropertyWrite {
  const isFirst = found !== undefined && found.meta === undefined;
  const own = entriesOf(fields, (field) => field);
  const kept = [...meta].filter(([, value]) => value !== undefined);
  if (isFirst) {
    return { changes: { ...own, set: { ...own.set, meta: Object.fromEntries(kept) } }, conditions: [absent('meta')] };
  }
  const keyed = entriesOf(meta, (key) => `meta.${part(key)}`);
  const room = found ? Object.keys(found.meta ?? {}).length : MAX_META_KEYS - kept.length;
  return {
    changes: { set: { ...own.set, ...keyed.set }, remove: [...own.remove, ...keyed.remove] },
    conditions: [...(meta.size > 0 ? [exists('meta')] : []), ...(kept.length > 0 ? [sizeAtMost('meta', room)] : [])],
  };
}

const entriesOf = <Name extends string>(entries: ReadonlyMap<Name, unknown>, pathOf: (name: Name) => string) => ({
  set: Object.fromEntries(
    [...entries].flatMap(([name, value]) => (value === undefined ? [] : [[pathOf(name), value]])),
  ),
  remove: [...entries].flatMap(([name, value]) => (value === undefined ? [pathOf(name)] : [])),
});
