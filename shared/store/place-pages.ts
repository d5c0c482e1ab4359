/** Conversations by when they began: how an index or an inbox is gone through. Moments are epoch milliseconds. */
export interface PlacesRead {
  readonly newestFirst: boolean;
  /** Inclusive; `from` is not behind `to`. */
  readonly from: number;
  readonly to: number;
  /** Goes on behind this place, which lies between them. */
  readonly after?: string | undefined;
  /** Of the first page, 512 at most; later ones hold 100. */
  readonly pageSize: number;
}

export const FIRST_PAGE_LIMIT = 512;

/** Several lists of places that are in order as one, page by page; a place that stands in two of them comes once. */
export async function* mergePlaces(
  lists: readonly AsyncGenerator<string[]>[],
  newestFirst: boolean,
): AsyncGenerator<string[]> {
  const isBefore = (a: string, b: string): boolean => (newestFirst ? a > b : a < b);
  const heads = lists.map((list): Head => ({ list, left: [] }));
  let last: string | undefined;
  for (;;) {
    await Promise.all(heads.map(refill));
    const live = heads.filter(({ left }) => left.length > 0);
    if (live.length === 0) return;
    const batch: string[] = [];
    while (live.every(({ left }) => left.length > 0)) {
      const first = live.reduce((a, b) => (isBefore(b.left[0] ?? '', a.left[0] ?? '') ? b : a));
      const place = first.left.shift();
      if (place === undefined || place === last) continue;
      batch.push(place);
      last = place;
    }
    yield batch;
  }
}

interface Head {
  readonly list: AsyncGenerator<string[]>;
  /** Of the page that was read last; empty behind the last of all. */
  left: string[];
}

async function refill(head: Head): Promise<void> {
  while (head.left.length === 0) {
    const page = await head.list.next();
    if (page.done) return;
    head.left = page.value;
  }
}
