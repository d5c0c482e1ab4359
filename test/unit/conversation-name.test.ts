import { describe, expect, it } from 'vitest';
import { createAlias, createSlug } from '../../shared/domain/conversation-name.ts';

/** A small repeatable generator (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const made = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

describe('the invented name of a conversation', () => {
  it('is two words with capitals, of a length that fits a list', () => {
    const random = seeded(1);
    for (const alias of made(2_000, () => createAlias(random))) {
      expect(alias).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/);
      expect(alias.length).toBeLessThanOrEqual(32);
    }
  });

  it('follows from the random numbers alone', () => expect(createAlias(seeded(7))).toBe(createAlias(seeded(7))));

  it('can be the one in the reference', () => {
    const aliases = new Set(
      made(
        200_000,
        (
          (random) => () =>
            createAlias(random)
        )(seeded(2)),
      ).flatMap((alias) => alias.split(' ')),
    );
    expect(aliases).toContain('Fimlebick');
    expect(aliases).toContain('Fastfuzz');
  });

  it('varies: a thousand names are nearly all different', () => {
    const random = seeded(3);
    expect(new Set(made(1_000, () => createAlias(random))).size).toBeGreaterThan(990);
  });

  it.each([0, 0.999999999, 1])('is whole when the random number is %d', (value) =>
    expect(createAlias(() => value)).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/),
  );
});

describe('a slug', () => {
  it('is nine characters of A-Z and 0-9', () => {
    const random = seeded(4);
    for (const slug of made(2_000, () => createSlug(random))) expect(slug).toMatch(/^[A-Z0-9]{9}$/);
  });

  it('uses every character at every place, about equally often', () => {
    const random = seeded(5);
    const slugs = made(36_000, () => createSlug(random));
    for (let place = 0; place < 9; place++) {
      const counts = Object.groupBy(slugs, (slug) => slug[place] ?? '');
      expect(Object.keys(counts)).toHaveLength(36);
      for (const found of Object.values(counts)) expect(found?.length).toBeGreaterThan(800);
    }
  });

  it.each([0, 0.999999999, 1])('is whole when the random number is %d', (value) =>
    expect(createSlug(() => value)).toMatch(/^[A-Z0-9]{9}$/),
  );
});
