import { type QueueName, stages } from '../../infra/stages.ts';
import { scopesUpTo } from '../../shared/auth/scopes.ts';
import type { Delivery, Purge, Sweep, Tick } from '../../shared/contracts/queue-messages.ts';
import { createPace } from '../../shared/delivery/pace.ts';
import type { DeliverySettings } from '../../shared/delivery/parts.ts';
import type { ProviderName } from '../../shared/providers/provider.ts';
import { createScheduler } from '../../shared/queue/schedule.ts';
import { createQueueSender } from '../../shared/queue/send.ts';
import { createTicker, type TickerOptions } from '../../shared/queue/ticks.ts';
import type { Clock } from '../../shared/runtime/clock.ts';
import { createIdMaker } from '../../shared/runtime/ids.ts';
import type { Observer } from '../../shared/runtime/observe.ts';
import { createItemReader, type Table } from '../../shared/store/table.ts';
import { count, type History } from './history.ts';
import { PEPPER, type Setting } from './people.ts';
import { type Callback, createProvider } from './providers.ts';
import { createQueueClient, queueNamed, type SimulatedQueue, urlOf } from './queues.ts';
import type { Process, Scheduler } from './scheduler.ts';
import { createSchedules, createSchedulesClient } from './schedules.ts';
import { type Anything, createTableClient } from './table.ts';
import type { Variant } from './variants.ts';

/** What everything in a run shares. */
export interface Common {
  readonly scheduler: Scheduler;
  readonly history: History;
  readonly setting: Setting;
  readonly queues: Map<QueueName, SimulatedQueue>;
  readonly table: Table;
  /** Ten hexadecimal digits that no other run has. */
  readonly nonce: string;
  readonly variant: Variant;
}

/** What the functions set off in the world around them. */
export interface Echoes {
  /** A message item was inserted. */
  stored(item: Anything): void;
  callback(callback: Callback): void;
}

const TIMES = stages.prod;
const PUBLIC_URL = 'https://simulated.example';
const SETTINGS: DeliverySettings = { ...TIMES, publicUrl: PUBLIC_URL };
const SCHEDULE_SETTINGS = { groupName: 'simulated', roleArn: 'role', queueArn: 'ticks', deadLettersArn: 'dlq' };
const DELIVERY_QUEUES: ReadonlySet<QueueName> = new Set(['email', 'sms', 'whatsapp']);

export type PartsOf = ReturnType<typeof createParts>;

/** The parts of every function, made afresh for each invocation. */
export function createParts({ scheduler, history, setting, queues, table, nonce, variant }: Common, echoes: Echoes) {
  const { random } = scheduler;
  const kept = createSchedules({ scheduler, history }, () => queueNamed(queues, 'ticks'));
  const ids = createIdMaker(nonce, 0);
  let tokens = 0;
  const observe: Observer = {
    info: () => {},
    warn: () => {},
    error: (message, error) => scheduler.log('error', message, error),
    count: (metric, value = 1) => count(history, metric, value),
    duration: () => {},
    flush: () => {},
  };
  return (process: Process) => {
    const clock: Clock = {
      ...process.clock,
      now: () => process.clock.now() + (variant.clockAheadMs?.(process) ?? 0),
    };
    const queueClient = createQueueClient(scheduler, process, queues, (queue, body, delaySeconds) => {
      if (DELIVERY_QUEUES.has(queue) && !(body as Delivery).resolve) noteHandOver(history, process);
      if (variant.drops?.(queue, body, process)) return undefined;
      return variant.delaySeconds?.(queue, body, delaySeconds) ?? delaySeconds;
    });
    const queueTo = <T>(name: QueueName) => createQueueSender<T>(queueClient, urlOf(name), clock);
    const afterPause = async <T>(value: T): Promise<T> => {
      await process.pause();
      return value;
    };
    // Only the worker may make schedules.
    const tickerOptions = (): TickerOptions => {
      if (process.name !== 'worker') return {};
      const made = createScheduler(createSchedulesClient(scheduler, process, kept), SCHEDULE_SETTINGS);
      return {
        schedules: {
          scheduler: variant.schedules?.(made) ?? made,
          fromMs: TIMES.scheduleFromSeconds * 1000,
          leadMs: TIMES.scheduleLeadSeconds * 1000,
          observe,
        },
      };
    };
    const provider = (name: ProviderName) => {
      const made = createProvider({ scheduler, history, callback: echoes.callback }, process, name);
      return variant.provider?.(made) ?? made;
    };
    const own = {
      client: createTableClient({ scheduler, history, client: table.client, variant, stored: echoes.stored }, process),
      name: table.name,
    };
    return {
      table: own,
      read: createItemReader(own),
      pace: createPace({ table: own, clock, random: random.next, pairMs: TIMES.pairMs }),
      configuration: {
        organization: (id: string) => afterPause(id === setting.organization ? setting.configuration : undefined),
        service: (id: string) => afterPause(setting.configuration.services.find((service) => service.id === id)),
        forget: () => {},
      },
      users: {
        user: (id: string) => afterPause(setting.users.get(id)),
        users: () => afterPause(setting.users),
        forget: () => {},
      },
      secrets: { text: () => afterPause(''), fields: () => afterPause({}) },
      pepper: () => afterPause(PEPPER),
      providers: { ses: provider('ses'), twilio: provider('twilio'), whatsapp: provider('whatsapp') },
      ticker: createTicker(queueTo<Tick>('ticks'), clock, tickerOptions()),
      sweeps: queueTo<Sweep>('sweep'),
      purges: queueTo<Purge>('sweep'),
      deliveries: {
        email: queueTo<Delivery>('email'),
        sms: queueTo<Delivery>('sms'),
        whatsapp: queueTo<Delivery>('whatsapp'),
      },
      tokens: {
        verify: async () => ({
          user: setting.caller,
          organization: setting.organization,
          scopes: scopesUpTo('admin'),
          tokenId: '',
          isKept: false,
          issuedAt: 0,
        }),
      },
      clock,
      now: clock.now,
      random: random.next,
      newToken: () => `token ${++tokens}`,
      ids,
      observe,
      unknownMs: TIMES.unknownMs,
      pairMs: TIMES.pairMs,
      settings: SETTINGS,
      publicUrl: PUBLIC_URL,
      appUrl: PUBLIC_URL,
    };
  };
}

/** A message whose rule changes nothing is handed over on the strength of what its worker read. */
function noteHandOver(history: History, process: Process): void {
  const when = history.looks.get(process.id);
  if (when && process.subject) history.rules.push({ ...process.subject, kind: 'looked', process: process.id, when });
}
