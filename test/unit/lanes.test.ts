import { describe, expect, it } from 'vitest';
import { createLanes } from '../../shared/runtime/lanes.ts';

/** Work that notes when it begins, and ends when it is told to. */
function createWork() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    begun,
    work: (name: string) => () => {
      begun.push(name);
      return new Promise<void>((resolve) => ends.set(name, resolve));
    },
    async end(name: string) {
      ends.get(name)?.();
      await new Promise(setImmediate);
    },
  };
}

describe('lanes', () => {
  it('run what shares no key side by side, and what shares one in the order it came', async () => {
    const { begun, work, end } = createWork();
    const lanes = createLanes(9);
    await lanes.enter(['a'], work('a1'));
    await lanes.enter(['b'], work('b1'));
    await lanes.enter(['a'], work('a2'));
    await lanes.enter([], work('none'));
    await end('');
    expect(begun).toEqual(['a1', 'b1', 'none']);
    await end('a1');
    expect(begun).toEqual(['a1', 'b1', 'none', 'a2']);
  });

  it('are one from the moment that work stands for both their keys', async () => {
    const { begun, work, end } = createWork();
    const lanes = createLanes(9);
    await lanes.enter(['a'], work('a1'));
    await lanes.enter(['b'], work('b1'));
    await lanes.enter(['a', 'b'], work('both'));
    await lanes.enter(['b'], work('b2'));
    await lanes.enter(['a'], work('a2'));
    await end('a1');
    expect(begun).toEqual(['a1', 'b1']);
    for (const name of ['b1', 'both', 'b2']) await end(name);
    expect(begun).toEqual(['a1', 'b1', 'both', 'b2', 'a2']);
  });

  it('hold as many at once as they are wide, those that wait included', async () => {
    const { begun, work, end } = createWork();
    const lanes = createLanes(2);
    await lanes.enter(['a'], work('a1'));
    await lanes.enter(['a'], work('a2'));
    const entered = lanes.enter(['b'], work('b1'));
    await end('');
    expect(begun).toEqual(['a1']);
    await end('a1');
    await entered;
    await end('');
    expect(begun).toEqual(['a1', 'a2', 'b1']);
  });

  it('are idle when all that was entered has ended', async () => {
    const { work, end } = createWork();
    const lanes = createLanes(2);
    await lanes.enter(['a'], work('a1'));
    await lanes.enter(['a'], work('a2'));
    let idle = false;
    const waiting = lanes.idle().then(() => {
      idle = true;
    });
    await end('a1');
    expect(idle).toBe(false);
    await end('a2');
    await waiting;
    await expect(createLanes(1).idle()).resolves.toBeUndefined();
  });
});
