export interface FairLine<T> {
  join(group: string, item: T): void;
  /** The one whose turn it is, at work from now on; undefined when all who wait have `mostAtWork` of their group at work. */
  next(mostAtWork: number): T | undefined;
  hasNext(mostAtWork: number): boolean;
  /** Somebody of the group has finished work. */
  leave(group: string): void;
  waiting(): number;
}

interface Group<T> {
  readonly name: string;
  readonly waiting: { readonly since: number; readonly item: T }[];
  atWork: number;
  /** The turn it had last, 0 for none since the group was last gone. */
  lastTurn: number;
}

/**
 * Those who wait for a turn: next is the group with fewest at work, on a tie the one whose last turn is longest ago, then
 * the one whose first has waited longest.
 */
export function createFairLine<T>(): FairLine<T> {
  const groups = new Map<string, Group<T>>();
  let joined = 0;
  let turns = 0;
  let waiting = 0;

  function find(name: string): Group<T> {
    const group = groups.get(name) ?? { name, waiting: [], atWork: 0, lastTurn: 0 };
    groups.set(name, group);
    return group;
  }

  function inTurn(mostAtWork: number): Group<T> | undefined {
    const mayWork = [...groups.values()].filter((group) => group.waiting.length > 0 && group.atWork < mostAtWork);
    return mayWork.toSorted(byTurn)[0];
  }

  return {
    join(name, item) {
      joined += 1;
      waiting += 1;
      find(name).waiting.push({ since: joined, item });
    },
    next(mostAtWork) {
      const group = inTurn(mostAtWork);
      const head = group?.waiting.shift();
      if (!group || !head) return undefined;
      waiting -= 1;
      turns += 1;
      group.lastTurn = turns;
      group.atWork += 1;
      return head.item;
    },
    leave(name) {
      const group = find(name);
      group.atWork -= 1;
      if (group.atWork === 0 && group.waiting.length === 0) groups.delete(name);
    },
    hasNext: (mostAtWork) => inTurn(mostAtWork) !== undefined,
    waiting: () => waiting,
  };
}

const byTurn = (a: Group<unknown>, b: Group<unknown>): number =>
  a.atWork - b.atWork || a.lastTurn - b.lastTurn || (a.waiting[0]?.since ?? 0) - (b.waiting[0]?.since ?? 0);
