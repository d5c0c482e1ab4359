/** Conditions and updates built from named parts, so that a write reads as what it demands. */

/** A name as a part of a path, whatever characters are in it. */
export const part = (name: string): string => encodeURIComponent(name).replaceAll('.', '%2E');

interface Placeholders {
  name(path: string): string;
  value(value: unknown): string;
}

export type Condition = (use: Placeholders) => string;

export const equals =
  (path: string, value: unknown): Condition =>
  (use) =>
    `${use.name(path)} = ${use.value(value)}`;
export const differs =
  (path: string, value: unknown): Condition =>
  (use) =>
    `${use.name(path)} <> ${use.value(value)}`;
export const atMost =
  (path: string, value: number): Condition =>
  (use) =>
    `${use.name(path)} <= ${use.value(value)}`;
export const moreThan =
  (path: string, value: number): Condition =>
  (use) =>
    `${use.name(path)} > ${use.value(value)}`;
/** Two attributes of the item itself. */
export const sameAs =
  (path: string, other: string): Condition =>
  (use) =>
    `${use.name(path)} = ${use.name(other)}`;
export const exists =
  (path: string): Condition =>
  (use) =>
    `attribute_exists(${use.name(path)})`;
export const absent =
  (path: string): Condition =>
  (use) =>
    `attribute_not_exists(${use.name(path)})`;
/** Of a set: one of its elements. */
export const contains =
  (path: string, element: string): Condition =>
  (use) =>
    `contains(${use.name(path)}, ${use.value(element)})`;
/** Of a map: how many entries it has. */
export const sizeAtMost =
  (path: string, entries: number): Condition =>
  (use) =>
    `size(${use.name(path)}) <= ${use.value(entries)}`;
export const startsWith =
  (path: string, prefix: string): Condition =>
  (use) =>
    `begins_with(${use.name(path)}, ${use.value(prefix)})`;
export const oneOf =
  (path: string, values: readonly unknown[]): Condition =>
  (use) =>
    `${use.name(path)} IN (${values.map((value) => use.value(value)).join(', ')})`;

const join =
  (word: string) =>
  (...conditions: readonly Condition[]): Condition =>
  (use) => {
    const [first, ...others] = conditions.map((condition) => condition(use));
    // DynamoDB refuses redundant parentheses, so a condition that stands alone gets none.
    return others.length === 0 ? (first ?? '') : [first, ...others].map((part) => `(${part})`).join(` ${word} `);
  };
export const all = join('AND');
export const any = join('OR');

export interface Changes {
  readonly set?: Readonly<Record<string, unknown>>;
  /** Set only where nothing stands yet. */
  readonly fill?: Readonly<Record<string, unknown>>;
  readonly remove?: readonly string[];
  readonly add?: Readonly<Record<string, unknown>>;
}

export interface Expression {
  readonly UpdateExpression?: string;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, unknown>;
}

function createPlaceholders() {
  const names = new Map<string, string>();
  const values: Record<string, unknown> = {};
  const alias = (part: string): string => {
    const known = names.get(part);
    if (known) return known;
    const made = `#${names.size}`;
    names.set(part, made);
    return made;
  };
  return {
    name: (path: string) =>
      path
        .split('.')
        .map((part) => part.replace(/^[^[]+/, (written) => alias(decodeURIComponent(written))))
        .join('.'),
    value: (value: unknown) => {
      const placeholder = `:${Object.keys(values).length}`;
      values[placeholder] = value;
      return placeholder;
    },
    attributes: () => ({
      ...(names.size > 0 && {
        ExpressionAttributeNames: Object.fromEntries([...names].map(([name, placeholder]) => [placeholder, name])),
      }),
      ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
    }),
  };
}

const clause = (word: string, parts: readonly string[]): string =>
  parts.length > 0 ? `${word} ${parts.join(', ')}` : '';
const defined = (record: Readonly<Record<string, unknown>> | undefined): [string, unknown][] =>
  Object.entries(record ?? {}).filter(([, value]) => value !== undefined);

/** An update and its condition. Paths are dotted, with `[n]` for a place in a list; undefined values are left out. */
export function expression(changes: Changes, ...conditions: readonly Condition[]): Expression {
  const use = createPlaceholders();
  const update = [
    clause('SET', [
      ...defined(changes.set).map(([path, value]) => `${use.name(path)} = ${use.value(value)}`),
      ...defined(changes.fill).map(
        ([path, value]) => `${use.name(path)} = if_not_exists(${use.name(path)}, ${use.value(value)})`,
      ),
    ]),
    clause('REMOVE', (changes.remove ?? []).map(use.name)),
    clause(
      'ADD',
      defined(changes.add).map(([path, value]) => `${use.name(path)} ${use.value(value)}`),
    ),
  ].filter((part) => part !== '');
  const condition = conditions.length > 0 ? all(...conditions)(use) : undefined;
  return {
    ...(update.length > 0 && { UpdateExpression: update.join(' ') }),
    ...(condition && { ConditionExpression: condition }),
    ...use.attributes(),
  };
}
