/** Where somebody waits: with a group, in one of its lanes. */
export interface Place {
  readonly group: string;
  readonly lane: object;
}

export interface FairLine<T extends Place> {
  join(item: T): void;
  /** Of those who are first in their lane and may work, the one whose turn it is: still waiting. */
  first(mayWork: (item: T) => boolean): T | undefined;
  /** The same one, at work from now on. */
  next(mayWork: (item: T) => boolean): T | undefined;
  /** Somebody of the group has finished work. */
  leave(group: string): void;
}

interface Lane<T> {
  readonly waiting: T[];
  lastTurn: number;
}

interface Group<T> {
  readonly lanes: Map<object, Lane<T>>;
  atWork: number;
  /** The turn it had last, 0 for none since the group was last gone. */
  lastTurn: number;
}

/**
 * Those who wait for a turn: next is the group with fewest at work, on a tie the one whose last turn is longest ago. So do
 * the lanes of a group take turns: what fills one does not hold up the others. A lane keeps its order.
 */
export function createFairLine<T extends Place>(): FairLine<T> {
  const groups = new Map<string, Group<T>>();
  let turns = 0;

  function inTurn(mayWork: (item: T) => boolean) {
    for (const group of [...groups.values()].sort(byTurn)) {
      for (const lane of [...group.lanes.values()].sort(byLastTurn)) {
        const [head] = lane.waiting;
        if (head && mayWork(head)) return { group, lane, head };
      }
    }
    return undefined;
  }

  return {
    join(item) {
      const group = groups.get(item.group) ?? { lanes: new Map(), atWork: 0, lastTurn: 0 };
      groups.set(item.group, group);
      const lane = group.lanes.get(item.lane) ?? { waiting: [], lastTurn: 0 };
      group.lanes.set(item.lane, lane);
      lane.waiting.push(item);
    },
    first: (mayWork) => inTurn(mayWork)?.head,
    next(mayWork) {
      const found = inTurn(mayWork);
      if (!found) return undefined;
      const { group, lane, head } = found;
      lane.waiting.shift();
      turns += 1;
      lane.lastTurn = turns;
      group.lastTurn = turns;
      group.atWork += 1;
      return head;
    },
    leave(name) {
      const group = groups.get(name);
      if (!group) return;
      group.atWork -= 1;
      const isWaiting = [...group.lanes.values()].some(({ waiting }) => waiting.length > 0);
      if (group.atWork === 0 && !isWaiting) groups.delete(name);
    },
  };
}

interface Turned {
  readonly lastTurn: number;
}

const byLastTurn = (a: Turned, b: Turned): number => a.lastTurn - b.lastTurn;

const byTurn = (a: Group<unknown>, b: Group<unknown>): number => a.atWork - b.atWork || byLastTurn(a, b);
