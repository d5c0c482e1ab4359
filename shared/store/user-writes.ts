import { absent, any, type Changes, equals } from './expression.ts';
import { type ItemKey, memberKey, otpKey, userKey, userTokenKey } from './keys.ts';
import { demandOpen } from './organizations.ts';
import { batchWrite, deleteAction, putAction, type Table, type TransactItem, transact, updateAction } from './table.ts';
import type { StoredUser } from './user-item.ts';
import { listUserTokens } from './user-tokens.ts';
import { unchangedSince } from './versions.ts';

/** Why nothing was written: somebody has the login, an organization is not there, the user changed since they were seen. */
export type Hindrance = 'login taken' | 'organization gone' | 'changed';

/** Each action, and what it means where its condition fails. */
type Step = readonly [action: TransactItem, hindrance: Hindrance];

async function carryOut(table: Table, steps: readonly Step[]): Promise<Hindrance | undefined> {
  const outcome = await transact(
    table,
    steps.map(([action]) => action),
  );
  if (outcome.done) return undefined;
  const failed = outcome.actions.findIndex((action) => action.failed);
  return steps[failed]?.[1] ?? 'changed';
}

const join = (table: Table, user: string, organizations: readonly string[]): Step[] => [
  ...organizations.map((id): Step => [putAction(table, { ...memberKey(id, user) }), 'changed']),
  ...organizations.map((id): Step => [demandOpen(table, id), 'organization gone']),
];

const takeLogin = (table: Table, user: string, login: ItemKey): Step => [
  putAction(table, { ...login, user }, any(absent('pk'), equals('user', user))),
  'login taken',
];

const leaveLogin = (table: Table, user: string, login: ItemKey): Step => [
  deleteAction(table, login, any(absent('pk'), equals('user', user))),
  'changed',
];

const organizationsOf = ({ organizations }: Pick<StoredUser, 'organizations'>): string[] =>
  organizations.map(({ organization }) => organization);

/** Stores a new user with what finds them. `login` is the pointer from the address they log in with. */
export const createUser = (table: Table, user: StoredUser, login?: ItemKey): Promise<Hindrance | undefined> =>
  carryOut(table, [
    [putAction(table, { ...userKey(user.id), ...user }, absent('pk')), 'changed'],
    ...(login ? [takeLogin(table, user.id, login)] : []),
    ...join(table, user.id, organizationsOf(user)),
  ]);

export interface UserChange {
  readonly changes: Changes;
  /** All of them, where they change. */
  readonly organizations?: StoredUser['organizations'] | undefined;
  /** Pointers from the address they logged in with, and from the one they do now, where it changes. */
  readonly logins?: { readonly before?: ItemKey | undefined; readonly after?: ItemKey | undefined } | undefined;
}

/** Changes a user as they were seen, and what finds them. */
export function updateUser(
  table: Table,
  seen: StoredUser,
  { changes, organizations, logins }: UserChange,
): Promise<Hindrance | undefined> {
  const before = new Set(organizationsOf(seen));
  const after = new Set(organizationsOf({ organizations: organizations ?? seen.organizations }));
  const { id } = seen;
  const set = { ...changes.set, organizations };
  return carryOut(table, [
    [updateAction(table, userKey(id), { ...changes, set }, ...unchangedSince(seen)), 'changed'],
    ...(logins?.before ? [leaveLogin(table, id, logins.before)] : []),
    ...(logins?.after ? [takeLogin(table, id, logins.after)] : []),
    ...join(
      table,
      id,
      [...after].filter((organization) => !before.has(organization)),
    ),
    ...[...before]
      .filter((organization) => !after.has(organization))
      .map((organization): Step => [deleteAction(table, memberKey(organization, id)), 'changed']),
  ]);
}

/** Deletes a user as they were seen: their tokens first, so that what is cut off can be repeated. */
export async function deleteUser(table: Table, seen: StoredUser, login?: ItemKey): Promise<Hindrance | undefined> {
  const tokens = await listUserTokens(table, seen.id);
  const kept = [...tokens.map((token) => userTokenKey(seen.id, token.id)), otpKey(seen.id)];
  await batchWrite(
    table,
    kept.map((Key) => ({ DeleteRequest: { Key } })),
  );
  return carryOut(table, [
    [deleteAction(table, userKey(seen.id), ...unchangedSince(seen)), 'changed'],
    ...(login ? [leaveLogin(table, seen.id, login)] : []),
    ...organizationsOf(seen).map(
      (organization): Step => [deleteAction(table, memberKey(organization, seen.id)), 'changed'],
    ),
  ]);
}
