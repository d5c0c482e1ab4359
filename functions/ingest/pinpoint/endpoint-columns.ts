import { invalid } from '../../../shared/domain/errors.ts';
import { type CsvKind, wordsOf } from '../csv-kind.ts';

/** Where a column's cells go in an endpoint; of `isOwn` ones there may be several of a name, a value each. */
interface Column {
  readonly path: readonly string[];
  readonly isOwn: boolean;
}

const FIXED: ReadonlyMap<string, Column> = new Map(
  [
    ...['Id', 'ChannelType', 'Address', 'EndpointStatus', 'OptOut', 'EffectiveDate'],
    ...['ApplicationId', 'CohortId', 'CreationDate', 'RequestId', 'User.UserId'],
    ...['AppVersion', 'Locale', 'Make', 'Model', 'ModelVersion', 'Platform', 'PlatformVersion', 'Timezone'].map(
      (name) => `Demographic.${name}`,
    ),
    ...['City', 'Country', 'Latitude', 'Longitude', 'PostalCode', 'Region'].map((name) => `Location.${name}`),
  ].map((name) => [name.toLowerCase(), { path: name.split('.'), isOwn: false }]),
);

const OWN: ReadonlyMap<string, readonly string[]> = new Map([
  ['attributes.', ['Attributes']],
  ['metrics.', ['Metrics']],
  ['user.userattributes.', ['User', 'UserAttributes']],
]);

/** Names of your own keep their case. */
function columnOf(name: string): Column | undefined {
  const fixed = FIXED.get(name.toLowerCase());
  if (fixed) return fixed;
  const [prefix, path] = [...OWN].find(([known]) => name.toLowerCase().startsWith(known)) ?? [];
  if (prefix === undefined || path === undefined || name.length === prefix.length) return undefined;
  return { path: [...path, name.slice(prefix.length)], isOwn: true };
}

function demandColumns(names: readonly string[]): void {
  const unknown = names.find((name) => columnOf(name) === undefined);
  if (unknown !== undefined) throw invalid(unknown, 'is not the name of an attribute of endpoints (docs/pinpoint.md)');
  const fixed = names.flatMap((name) => (columnOf(name)?.isOwn ? [] : [name.toLowerCase()]));
  const twice = fixed.find((name, index) => fixed.indexOf(name) < index);
  if (twice !== undefined) throw invalid(twice, 'is the name of two columns');
}

type Group = Record<string, unknown>;
/** Names of columns are anything, `constructor` too. */
const newGroup = (): Group => Object.create(null);

function bodyOf(names: readonly string[], cells: readonly string[]): unknown {
  const body = newGroup();
  for (const { name, text } of wordsOf(names, cells)) {
    const column = columnOf(name);
    const last = column?.path.at(-1);
    if (!column || last === undefined) continue;
    let group = body;
    for (const part of column.path.slice(0, -1)) {
      const inner = (group[part] ?? newGroup()) as Group;
      group[part] = inner;
      group = inner;
    }
    const value = column.path[0] === 'Metrics' ? Number(text) : text;
    if (column.isOwn) group[last] = [...((group[last] ?? []) as unknown[]), value];
    else group[last] = text;
  }
  return body;
}

/** Rows of a segment file of Amazon Pinpoint. */
export const ENDPOINTS: CsvKind = { demandColumns, bodyOf };
