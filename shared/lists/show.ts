import type { IdentifiedCaller } from '../auth/caller.ts';
import type { Shown } from '../contracts/list-query.ts';
import { populate, type References } from './populate.ts';
import { selectFields } from './select-fields.ts';

export interface Showing {
  /** What was asked for. */
  readonly shown: Shown;
  readonly references: References;
  readonly caller: IdentifiedCaller;
}

/** Views as they were asked for: references filled in first, then the fields that were selected. Throws 400, 403. */
export async function showAll(views: readonly unknown[], { shown, ...by }: Showing): Promise<unknown[]> {
  const filled = await populate(views, shown.populate, by);
  return filled.map((view) => selectFields(view, shown.select));
}

export const showOne = async (view: unknown, showing: Showing): Promise<unknown> => (await showAll([view], showing))[0];
