export interface FairLine<T> {
  join(group: string, item: T): void;
  /** The one whose turn it is, at work from now on; undefined when nobody waits. */
  next(): { readonly group: string; readonly item: T } | undefined;
  /** Somebody of the group has finished work. */
  leave(group: string): void;
  waiting(): number;
}

/** Those who wait for a turn: next is the group with fewest at work, on a tie the one whose first has waited longest. */
export function createFairLine<T>(): FairLine<T> {
  const lines = new Map<string, { since: number; item: T }[]>();
  const atWork = new Map<string, number>();
  let joined = 0;
  let waiting = 0;

  const busy = (group: string): number => atWork.get(group) ?? 0;

  function groupInTurn(): string | undefined {
    const [first, ...others] = [...lines].map(([group, [head]]) => ({ group, since: head?.since ?? 0 }));
    const isBefore = (a: { group: string; since: number }, b: { group: string; since: number }) =>
      busy(a.group) - busy(b.group) || a.since - b.since;
    return first && others.reduce((best, line) => (isBefore(line, best) < 0 ? line : best), first).group;
  }

  return {
    join(group, item) {
      joined += 1;
      waiting += 1;
      const line = lines.get(group);
      if (line) line.push({ since: joined, item });
      else lines.set(group, [{ since: joined, item }]);
    },
    next() {
      const group = groupInTurn();
      const line = group === undefined ? undefined : lines.get(group);
      const head = line?.shift();
      if (group === undefined || !line || !head) return undefined;
      if (line.length === 0) lines.delete(group);
      waiting -= 1;
      atWork.set(group, busy(group) + 1);
      return { group, item: head.item };
    },
    leave(group) {
      const left = busy(group) - 1;
      if (left > 0) atWork.set(group, left);
      else atWork.delete(group);
    },
    waiting: () => waiting,
  };
}
