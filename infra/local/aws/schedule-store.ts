import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

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
  /** Keeps a schedule that fires at a moment, in epoch milliseconds; on disk when it returns. */
  put(schedule: Schedule, moment: number): void;
  /** Answers whether it was there. */
  remove(group: string, name: string): boolean;
  /** Those whose moment has come, at a cost that those who wait do not raise. */
  due(now: number): Schedule[];
  stop(): Promise<void>;
}

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS schedules (
    group_name TEXT, name TEXT, moment INTEGER, schedule TEXT, PRIMARY KEY (group_name, name)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS by_moment ON schedules (moment);
`;

/** Schedules in a file, none in memory: `kill -9` loses nothing, and a hundred thousand cost no more than one. */
export function openScheduleStore(file: string): ScheduleStore {
  mkdirSync(dirname(file), { recursive: true });
  const database = new DatabaseSync(file);
  database.exec(SCHEMA);
  const groups = new Set<string>();
  const getting = database.prepare('SELECT schedule FROM schedules WHERE group_name = ? AND name = ?');
  const putting = database.prepare('INSERT OR REPLACE INTO schedules VALUES (?, ?, ?, ?)');
  const removing = database.prepare('DELETE FROM schedules WHERE group_name = ? AND name = ?');
  const gettingDue = database.prepare('SELECT schedule FROM schedules WHERE moment <= ? ORDER BY moment');

  return {
    openGroup: (name) => void groups.add(name),
    hasGroup: (name) => groups.has(name),
    get(group, name) {
      const row = getting.get(group, name);
      return row && parse(row);
    },
    put: (schedule, moment) => void putting.run(schedule.GroupName, schedule.Name, moment, JSON.stringify(schedule)),
    remove: (group, name) => removing.run(group, name).changes > 0,
    due: (now) => gettingDue.all(now).map(parse),
    stop: async () => database.close(),
  };
}

const parse = ({ schedule }: Record<string, unknown>): Schedule => JSON.parse(String(schedule));
