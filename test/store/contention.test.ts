import { describe, expect, it } from 'vitest';
import { StillContendedError, untilWritten } from '../../shared/store/contention.ts';
import { ContentionError } from '../../shared/store/table.ts';
import { createFakeClock } from '../support/builders.ts';

const contended = async () => {
  throw new ContentionError(['TransactionConflict']);
};

describe('a write that meets others', () => {
  it('is repeated until it is written', async () => {
    const clock = createFakeClock();
    let met = 0;
    const result = await untilWritten(
      async (attempt) => (attempt < 3 ? contended() : `written at ${attempt}`),
      clock,
      () => 1,
      () => {
        met += 1;
      },
    );
    expect([result, met]).toEqual(['written at 3', 3]);
    expect(clock.slept).toEqual([25, 50, 100]);
  });

  it('waits anything from nothing to the full step, at most 400 ms', async () => {
    const clock = createFakeClock();
    await expect(
      untilWritten(
        contended,
        clock,
        () => 0.5,
        () => {},
      ),
    ).rejects.toBeInstanceOf(StillContendedError);
    expect(clock.slept).toEqual([12.5, 25, 50, 100, 200, 200, 200, 200]);
  });

  it('is repeated at once where fresh reads are enough', async () => {
    const clock = createFakeClock();
    const result = await untilWritten(
      async (attempt) => (attempt === 0 ? undefined : 'written'),
      clock,
      () => 1,
      () => {},
    );
    expect([result, clock.slept]).toEqual(['written', []]);
  });

  it('is given up after 8 tries, also without waiting', async () => {
    let tries = 0;
    const work = async () => {
      tries += 1;
      return undefined;
    };
    await expect(
      untilWritten(
        work,
        createFakeClock(),
        () => 1,
        () => {},
      ),
    ).rejects.toBeInstanceOf(StillContendedError);
    expect(tries).toBe(8);
  });

  it('is given up after 3 seconds', async () => {
    const clock = createFakeClock();
    let tries = 0;
    const slow = async () => {
      tries += 1;
      clock.advance(1_100);
      return undefined;
    };
    await expect(
      untilWritten(
        slow,
        clock,
        () => 1,
        () => {},
      ),
    ).rejects.toBeInstanceOf(StillContendedError);
    expect(tries).toBe(3);
  });

  it('throws any other error at once', async () => {
    let tries = 0;
    const broken = async () => {
      tries += 1;
      throw new TypeError('broken');
    };
    await expect(
      untilWritten(
        broken,
        createFakeClock(),
        () => 1,
        () => {},
      ),
    ).rejects.toBeInstanceOf(TypeError);
    expect(tries).toBe(1);
  });
});
