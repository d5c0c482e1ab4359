const ALWAYS = 'id';

/** A view with the dotted fields that were asked for, and its id; without any, all of it. Unknown ones are left out. */
export function selectFields(view: unknown, select: readonly string[]): unknown {
  if (select.length === 0) return view;
  return pick(view, [ALWAYS, ...select]);
}

function pick(value: unknown, paths: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((element) => pick(element, paths));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]): [string, unknown][] => {
      const below = paths.filter((path) => path.startsWith(`${name}.`)).map((path) => path.slice(name.length + 1));
      if (paths.includes(name)) return [[name, inner]];
      return below.length > 0 ? [[name, pick(inner, below)]] : [];
    }),
  );
}
