import { USER_ROLES } from '../contracts/configuration.ts';

/** Ascending and cumulative (contract section 1): a scope is the name of a role, and holds what that role may. */
export const SCOPES = USER_ROLES;
export type Scope = (typeof SCOPES)[number];

export const scopesUpTo = (scope: Scope): readonly Scope[] => SCOPES.slice(0, SCOPES.indexOf(scope) + 1);

export const isAtLeast = (scope: Scope, wanted: Scope): boolean => SCOPES.indexOf(scope) >= SCOPES.indexOf(wanted);

/** The higher of the scopes; undefined of none. */
export const highestOf = (scopes: readonly Scope[]): Scope | undefined =>
  SCOPES.findLast((scope) => scopes.includes(scope));
