import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Whole local runs, and the engine: begun last, each would be waited for alone. */
const LONG = ['test/e2e/**/*.test.ts', 'test/engine/**/*.test.ts'];
/** The longest first, and beside one that computes one that waits. */
const ORDER = [
  'e2e/kill',
  'e2e/schedule',
  'e2e/poison',
  'e2e/one-person',
  'engine/variants',
  'e2e/import-kill',
  'e2e/',
  'engine/',
  'api/concurrency',
  'api/idempotency',
  'bulk/',
  'hooks/stop-flood',
  'local/queue-mapping',
  'api/login',
];

const placeOf = ({ moduleId }: TestSpecification): number => {
  const place = ORDER.findIndex((start) => moduleId.includes(`/test/${start}`));
  return place === -1 ? ORDER.length : place;
};

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((a, b) => placeOf(a) - placeOf(b));
  }
}

export default defineConfig({
  test: {
    pool: 'forks',
    globalSetup: 'test/support/temporary-files.ts',
    // The end-to-end tests mostly wait; by itself vitest would leave a core of two alone.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    sequence: { sequencer: LongFirst },
    projects: [
      { extends: true, test: { name: 'long', include: LONG } },
      // They change nothing of the process they run in, and to load the same modules for each took a sixth of the time.
      { extends: true, test: { name: 'short', include: ['test/**/*.test.ts'], exclude: LONG, isolate: false } },
    ],
  },
});
