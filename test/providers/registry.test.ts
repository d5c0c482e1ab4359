import { describe, expect, test } from 'vitest';
import { TOUCHPOINTS } from '../../shared/domain/touchpoint.ts';
import { DEFAULT_PROVIDERS, PROVIDERS } from '../../shared/providers/registry.ts';

describe('the registry of providers', () => {
  test.each(Object.entries(PROVIDERS))('makes %s under its own name', (name, create) => {
    expect(create().name).toBe(name);
  });

  test.each(TOUCHPOINTS)('has a default for %s that carries it', (touchpoint) => {
    expect(PROVIDERS[DEFAULT_PROVIDERS[touchpoint]]().touchpoint).toBe(touchpoint);
  });
});
