import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Schedule {
  readonly GroupName: string;
  readonly Name: string;
  readonly ScheduleExpression: string;
  readonly Target: {
    readonly Arn: string;
    readonly RoleArn: string;
    readonly Input: string;
    readonly DeadLetterConfig?: { readonly Arn?: string };
  };
  /** Epoch seconds. */
  readonly CreationDate: number;
  readonly ClientToken?: string;
}

export interface ScheduleStore {
  /** Makes a group known, with the schedules that an earlier run left in it. */
  openGroup(name: string): void;
  hasGroup(name: string): boolean;
  get(group: string, name: string): Schedule | undefined;
  /** On disk when it returns. */
  put(schedule: Schedule): void;
  /** Answers whether it was there. */
  remove(group: string, name: string): boolean;
  all(): Schedule[];
}

/** Schedules in memory and, each in a file of its own, in a folder: nothing is lost by `kill -9`. */
export function openScheduleStore(folder: string): ScheduleStore {
  const groups = new Map<string, Map<string, Schedule>>();
  const fileOf = (group: string, name: string) => join(folder, group, `${name}.json`);

  return {
    openGroup(name) {
      mkdirSync(join(folder, name), { recursive: true });
      groups.set(name, readGroup(join(folder, name)));
    },
    hasGroup: (name) => groups.has(name),
    get: (group, name) => groups.get(group)?.get(name),
    put(schedule) {
      const { GroupName, Name } = schedule;
      const file = fileOf(GroupName, Name);
      writeFileSync(`${file}.new`, JSON.stringify(schedule, undefined, 2));
      renameSync(`${file}.new`, file);
      groups.get(GroupName)?.set(Name, schedule);
    },
    remove(group, name) {
      const known = groups.get(group)?.delete(name) ?? false;
      if (known) rmSync(fileOf(group, name), { force: true });
      return known;
    },
    all: () => [...groups.values()].flatMap((group) => [...group.values()]),
  };
}

/** A half-written file, left by a run that was killed, has another ending: nobody was told that it was kept. */
function readGroup(folder: string): Map<string, Schedule> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  const schedules = files.map((file): Schedule => JSON.parse(readFileSync(join(folder, file), 'utf8')));
  return new Map(schedules.map((schedule) => [schedule.Name, schedule]));
}
