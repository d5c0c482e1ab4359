import { setTimeout as delay } from 'node:timers/promises';

interface Stoppable {
  stop(): Promise<unknown>;
}

const DRAIN_MS = 2_000;

/** Collects what was started, to end it in the opposite order once what runs has had a moment to finish. */
export function createShutdown() {
  const services: Stoppable[] = [];
  const drains: Array<() => Promise<unknown>> = [];
  let finished: Promise<void> | undefined;

  async function end(): Promise<void> {
    const drained = Promise.allSettled(drains.map((drain) => drain()));
    const waited = new AbortController();
    await Promise.race([drained, delay(DRAIN_MS, undefined, { signal: waited.signal }).catch(() => {})]);
    waited.abort();
    for (const service of services.reverse()) await service.stop();
  }

  return {
    /** Gives the service back; one that comes after the end is stopped at once. */
    add<S extends Stoppable>(service: S): S {
      if (finished) void service.stop();
      else services.push(service);
      return service;
    },
    /** Takes no more work and resolves when the work at hand is done; waited for, but not for long. */
    addDrain(drain: () => Promise<unknown>): void {
      drains.push(drain);
    },
    run(): Promise<void> {
      finished ??= end();
      return finished;
    },
  };
}
