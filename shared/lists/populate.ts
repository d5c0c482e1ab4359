import { demandScope, type IdentifiedCaller } from '../auth/caller.ts';
import type { Scope } from '../auth/scopes.ts';
import { invalid } from '../domain/errors.ts';

/** Ids in a view that can be filled in with what they name. */
export interface Reference {
  /** What fetching one by its id takes. */
  readonly scope: Scope;
  /** Views by id; those that are gone or out of reach are left out, and their ids stay. */
  load(ids: readonly string[]): Promise<ReadonlyMap<string, unknown>>;
}

/** By the dotted field that holds the ids. */
export type References = Readonly<Record<string, Reference>>;

/** Views with the references of these names filled in. Throws 400 for a name that is none, and 403. */
export async function populate(
  views: readonly unknown[],
  names: readonly string[],
  { references, caller }: { references: References; caller: IdentifiedCaller },
): Promise<readonly unknown[]> {
  let filled = views;
  for (const name of names) {
    const reference = Object.hasOwn(references, name) ? references[name] : undefined;
    if (!reference) throw unknown(name, references);
    demandScope(caller, reference.scope);
    const ids = new Set<string>();
    for (const view of filled) replaceTexts(view, name, (id) => void ids.add(id));
    const found = await reference.load([...ids]);
    filled = filled.map((view) => replaceTexts(view, name, (id) => found.get(id) ?? id));
  }
  return filled;
}

const unknown = (name: string, references: References) => {
  const known = Object.keys(references).join(', ');
  return invalid('populate', `cannot be "${name}"; what can be filled in is: ${known || 'nothing'}`);
};

/** A copy in which the texts at a path, those in every element of arrays on the way, are others. */
function replaceTexts(value: unknown, path: string, replace: (text: string) => unknown): unknown {
  if (Array.isArray(value)) return value.map((element) => replaceTexts(element, path, replace));
  if (path === '') return typeof value === 'string' ? replace(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  const [name = ''] = path.split('.', 1);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === name ? replaceTexts(inner, path.slice(name.length + 1), replace) : inner,
    ]),
  );
}
