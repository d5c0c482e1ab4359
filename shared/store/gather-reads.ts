import type { ItemKey } from './keys.ts';
import { BATCH_GET_LIMIT, type Item, isAt, type ReadItems } from './table.ts';

interface Wanted {
  readonly keys: readonly ItemKey[];
  resolve(items: Item[]): void;
  reject(error: unknown): void;
}

/** For many requests at once: who comes while a read is under way waits for its end, and all who wait go in one call. */
export function gatherReads(read: ReadItems): ReadItems {
  const waiting: Wanted[] = [];
  let isReading = false;

  async function readOn(): Promise<void> {
    isReading = true;
    while (waiting.length > 0) await readTogether(read, waiting.splice(0, fitting(waiting)));
    isReading = false;
  }

  return (keys) => {
    const { promise, resolve, reject } = Promise.withResolvers<Item[]>();
    waiting.push({ keys, resolve, reject });
    if (!isReading) void readOn();
    return promise;
  };
}

/** How many of those who wait, from the first on, one call can take; the first always. */
function fitting(waiting: readonly Wanted[]): number {
  let keys = 0;
  const end = waiting.findIndex((wanted, index) => {
    keys += wanted.keys.length;
    return index > 0 && keys > BATCH_GET_LIMIT;
  });
  return end === -1 ? waiting.length : end;
}

/** Never rejects: who wanted something is told. */
async function readTogether(read: ReadItems, together: readonly Wanted[]): Promise<void> {
  try {
    const items = await read(withoutRepeats(together.flatMap(({ keys }) => keys)));
    for (const { keys, resolve } of together) resolve(items.filter((item) => keys.some((key) => isAt(key)(item))));
  } catch (error) {
    for (const { reject } of together) reject(error);
  }
}

const withoutRepeats = (keys: readonly ItemKey[]): ItemKey[] => [
  ...new Map(keys.map((key) => [JSON.stringify([key.pk, key.sk]), key])).values(),
];
