import { createEnvironment, type Environment, type EnvironmentOptions } from './environment.ts';

export interface PoolOptions extends EnvironmentOptions {
  /** Most environments at once. */
  readonly maxConcurrency: number;
}

export interface EnvironmentPool {
  /** One for an event, `isLone` when its group computes nothing else; undefined when the event has to wait for one. */
  idleFor(isLone: boolean): Environment | undefined;
  begin(environment: Environment): void;
  end(environment: Environment): void;
  mayGrow(): boolean;
  /** Resolves when one more is idle: ready, or failed to load, and then it tells the event that gets it. */
  grow(): Promise<void>;
  isEmpty(): boolean;
  stop(): Promise<void>;
}

/** A flood takes the processors neither from the others nor from the emulators and the providers' doubles. */
const FLOOD_NICENESS = 10;

/**
 * The environments of a function, each busy with one event at a time and kept for the next. One is kept for lone events;
 * the others have a low priority.
 */
export function createEnvironmentPool(options: PoolOptions): EnvironmentPool {
  const { maxConcurrency } = options;
  const all = new Set<Environment>();
  const idle = new Set<Environment>();
  let forLone: Environment | undefined;
  let stopped = false;

  function forget(environment: Environment): void {
    all.delete(environment);
    idle.delete(environment);
  }

  return {
    idleFor(isLone) {
      for (const environment of idle) if (all.has(environment) && !environment.isAlive()) forget(environment);
      const [other] = [...idle].filter((environment) => environment !== forLone);
      const first = forLone && idle.has(forLone) ? forLone : undefined;
      if (isLone) return first ?? other;
      return other ?? (all.size < maxConcurrency ? undefined : first);
    },
    begin: (environment) => void idle.delete(environment),
    end(environment) {
      if (environment.isAlive()) idle.add(environment);
      else forget(environment);
    },
    mayGrow: () => !stopped && all.size < maxConcurrency,
    async grow() {
      const isForLone = !forLone?.isAlive();
      const niceness = isForLone ? 0 : FLOOD_NICENESS;
      const environment = createEnvironment({ ...options, setup: { ...options.setup, niceness } });
      if (isForLone) forLone = environment;
      all.add(environment);
      await environment.loaded.catch(() => all.delete(environment));
      idle.add(environment);
    },
    isEmpty: () => all.size === 0,
    async stop() {
      stopped = true;
      await Promise.all([...all].map((environment) => environment.stop()));
    },
  };
}
