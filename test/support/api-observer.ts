import type { MetricName, Observer } from '../../shared/runtime/observe.ts';

/** Remembers what was counted and which faults of ours were logged. */
export interface TestObserver extends Observer {
  counted(metric: MetricName): number;
  readonly faults: unknown[];
}

export function createTestObserver(): TestObserver {
  const counts = new Map<MetricName, number>();
  const faults: unknown[] = [];
  return {
    info() {},
    warn() {},
    error: (_message, error) => faults.push(error),
    count: (metric, value = 1) => counts.set(metric, (counts.get(metric) ?? 0) + value),
    duration() {},
    flush() {},
    counted: (metric) => counts.get(metric) ?? 0,
    faults,
  };
}
