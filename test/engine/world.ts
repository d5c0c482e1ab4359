import type { QueueName } from '../../infra/stages.ts';
import type { Table } from '../../shared/store/table.ts';
import { type Callers, createCallers } from './callers.ts';
import { connectQueues, createStream } from './functions.ts';
import { createHistory, type History } from './history.ts';
import { type Common, createParts } from './parts.ts';
import { createSetting, type Setting } from './people.ts';
import type { SimulatedQueue } from './queues.ts';
import type { Scheduler } from './scheduler.ts';
import type { Variant } from './variants.ts';

/** All of Overture on one table, with everything else simulated. */
export interface World extends Pick<Callers, 'request' | 'reply' | 'tell'> {
  readonly scheduler: Scheduler;
  readonly history: History;
  readonly setting: Setting;
  readonly queues: ReadonlyMap<QueueName, SimulatedQueue>;
}

export interface WorldOptions {
  readonly table: Table;
  /** Ten hexadecimal digits that no other run has. */
  readonly nonce: string;
  readonly scheduler: Scheduler;
  readonly variant: Variant;
}

export function createWorld(options: WorldOptions): World {
  const common: Common = {
    ...options,
    history: createHistory(),
    setting: createSetting(options.nonce),
    queues: new Map(),
  };
  const partsOf = createParts(common, {
    stored: (item) => stored(item),
    callback: (callback) => callers.callback(callback),
  });
  const stored = createStream(common, partsOf);
  const callers = createCallers(common, partsOf);
  connectQueues(common, partsOf);
  const { scheduler, history, setting, queues } = common;
  return { scheduler, history, setting, queues, request: callers.request, reply: callers.reply, tell: callers.tell };
}
