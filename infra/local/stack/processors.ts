import { cpus } from 'node:os';

const times = () =>
  cpus().reduce(
    (sum, { times: { idle, ...busy } }) => ({
      idle: sum.idle + idle,
      all: sum.all + idle + Object.values(busy).reduce((total, time) => total + time, 0),
    }),
    { idle: 0, all: 0 },
  );

/** From now on: answers which share of the machine's processor time was left unused until the call, from 0 to 1. */
export function watchProcessors(): () => number {
  const before = times();
  return () => {
    const now = times();
    return now.all === before.all ? 0 : (now.idle - before.idle) / (now.all - before.all);
  };
}
