export interface Lanes {
  /**
   * Begins work that stands for these keys, when a place is free and all work of any of them that was entered before has
   * ended. Keys that were entered together are one from then on. Resolves when there is a place; enter the next one
   * then. `work` must not reject.
   */
  enter(keys: readonly string[], work: () => Promise<void>): Promise<void>;
  /** Resolves when all that was entered has ended. */
  idle(): Promise<void>;
}

/** Runs work side by side, `width` at once; what shares a key runs one after the other, in the order it came. */
export function createLanes(width: number): Lanes {
  /** By lane: the end of what was entered last. */
  const last = new Map<string, Promise<void>>();
  const running = new Set<Promise<void>>();
  const laneOf = createLaneNames();

  return {
    async enter(keys, work) {
      while (running.size >= width) await Promise.race(running);
      const { lane, joined } = laneOf(keys);
      const before = [lane, ...joined].map((name) => last.get(name));
      for (const name of joined) last.delete(name);
      const turn = Promise.all(before)
        .then(work)
        .finally(() => {
          running.delete(turn);
          if (last.get(lane) === turn) last.delete(lane);
        });
      running.add(turn);
      last.set(lane, turn);
    },
    idle: async () => void (await Promise.all(running)),
  };
}

/** Which lane keys belong to, and which lanes come together in it by that. Work without keys has a lane of its own. */
function createLaneNames() {
  const leaders = new Map<string, string>();
  let alone = 0;
  const lead = (key: string): string => {
    const leader = leaders.get(key);
    return leader === undefined ? key : lead(leader);
  };
  return (keys: readonly string[]): { lane: string; joined: readonly string[] } => {
    const [lane = `alone ${++alone}`, ...joined] = new Set(keys.map(lead));
    for (const name of joined) leaders.set(name, lane);
    return { lane, joined };
  };
}
