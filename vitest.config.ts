import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Whole local runs, and the engine: minutes each, and each begun last would be waited for alone. */
const LONG = ['test/e2e/**/*.test.ts', 'test/engine/**/*.test.ts'];
const isLong = ({ moduleId }: TestSpecification): boolean => /\/test\/(e2e|engine)\//.test(moduleId);

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    pool: 'forks',
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
