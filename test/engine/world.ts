import { marshall } from '@aws-sdk/util-dynamodb';
import { createApi } from '../../functions/api/serve.ts';
import { createHooks } from '../../functions/hooks/serve.ts';
import { storedMessages } from '../../functions/sweeper/stored-messages.ts';
import { remember, sweep } from '../../functions/sweeper/sweep.ts';
import { work } from '../../functions/worker/work.ts';
import { type QueueName, stages } from '../../infra/stages.ts';
import { scopesUpTo } from '../../shared/auth/scopes.ts';
import type { Delivery, Purge, Sweep, Tick } from '../../shared/contracts/queue-messages.ts';
import { deliver } from '../../shared/delivery/deliver.ts';
import { createPace } from '../../shared/delivery/pace.ts';
import type { DeliverySettings } from '../../shared/delivery/parts.ts';
import { RequestError } from '../../shared/domain/errors.ts';
import { TOUCHPOINTS, type Touchpoint } from '../../shared/domain/touchpoint.ts';
import type { HttpRequest, HttpResponse } from '../../shared/http/handler.ts';
import type { ProviderEvent, ProviderName } from '../../shared/providers/provider.ts';
import { TryLaterError } from '../../shared/queue/consume.ts';
import { createQueueSender } from '../../shared/queue/send.ts';
import { createTicker } from '../../shared/queue/ticks.ts';
import { createIdMaker } from '../../shared/runtime/ids.ts';
import type { Observer } from '../../shared/runtime/observe.ts';
import { purge } from '../../shared/store/deletion.ts';
import type { Table } from '../../shared/store/table.ts';
import { count, createHistory, type History, type MessagePlace } from './history.ts';
import { createSetting, PEPPER, RECEIVER, type Setting } from './people.ts';
import { type Callback, createProvider } from './providers.ts';
import { createQueue, createQueueClient, type SimulatedQueue, urlOf } from './queues.ts';
import type { Ending, Process, Scheduler } from './scheduler.ts';
import { type Anything, createTableClient } from './table.ts';
import type { Variant } from './variants.ts';

const TIMES = stages.prod;
const FUNCTION_MS = TIMES.functionTimeoutSeconds * 1000;
const API_MS = TIMES.apiTimeoutSeconds * 1000;
const PUBLIC_URL = 'https://simulated.example';
const CALLBACK_TRIES = 4;
const REPEAT_MS = 1_000;

const SETTINGS: DeliverySettings = { ...TIMES, publicUrl: PUBLIC_URL };
const PROVIDER_OF = { email: 'ses', sms: 'twilio', whatsapp: 'whatsapp' } as const satisfies Record<
  Touchpoint,
  ProviderName
>;

/** All of Overture on one table, with everything else simulated. */
export interface World {
  readonly scheduler: Scheduler;
  readonly history: History;
  readonly setting: Setting;
  readonly queues: ReadonlyMap<QueueName, SimulatedQueue>;
  /** A client's request; never repeated. */
  request(ask: { name: string; person: number; path: string; body: unknown; kind: 'start' | 'append' }): void;
  /** A contact's message to a service, which the provider reports until it is taken. */
  reply(reply: { person: number; telephone: string; provider: ProviderName; text: string; id: string }): void;
}

export interface WorldOptions {
  readonly table: Table;
  /** Ten hexadecimal digits that no other run has. */
  readonly nonce: string;
  readonly scheduler: Scheduler;
  readonly variant: Variant;
}

export function createWorld({ table, nonce, scheduler, variant }: WorldOptions): World {
  const { random } = scheduler;
  const history = createHistory();
  const setting = createSetting(nonce);
  const ids = createIdMaker(nonce, 0);
  const queues = new Map<QueueName, SimulatedQueue>();
  const outage = createOutage(scheduler);
  let tokens = 0;
  let requests = 0;

  // ---- parts, made afresh for each invocation

  const observe: Observer = {
    info: () => {},
    warn: () => {},
    error: (message, error) => scheduler.log('error', message, error),
    count: (metric, value = 1) => count(history, metric, value),
    duration: () => {},
    flush: () => {},
  };
  const partsOf = (process: Process) => {
    const queueClient = createQueueClient(scheduler, process, queues, (queue, body) => {
      if (queue in PROVIDER_OF && !(body as Delivery).resolve) noteHandOver(history, process);
      return variant.drops?.(queue, body, process) ?? false;
    });
    const queueTo = <T>(name: QueueName) => createQueueSender<T>(queueClient, urlOf(name), process.clock);
    const afterPause = async <T>(value: T): Promise<T> => {
      await process.pause();
      return value;
    };
    const provider = (name: ProviderName) => {
      const made = createProvider({ scheduler, history, callback }, process, name);
      return variant.provider?.(made) ?? made;
    };
    const own = {
      client: createTableClient({ scheduler, history, client: table.client, variant, stored }, process),
      name: table.name,
    };
    return {
      table: own,
      pace: createPace(own, process.clock, random.next),
      configuration: {
        organization: (id: string) => afterPause(id === setting.organization ? setting.configuration : undefined),
        service: (id: string) => afterPause(setting.configuration.services.find((service) => service.id === id)),
      },
      users: {
        user: (id: string) => afterPause(setting.users.get(id)),
        users: () => afterPause(setting.users),
      },
      secrets: { text: () => afterPause(''), fields: () => afterPause({}) },
      pepper: () => afterPause(PEPPER),
      providers: { ses: provider('ses'), twilio: provider('twilio'), whatsapp: provider('whatsapp') },
      ticker: createTicker(queueTo<Tick>('ticks'), process.clock),
      sweeps: queueTo<Sweep>('sweep'),
      purges: queueTo<Purge>('sweep'),
      deliveries: {
        email: queueTo<Delivery>('email'),
        sms: queueTo<Delivery>('sms'),
        whatsapp: queueTo<Delivery>('whatsapp'),
      },
      tokens: {
        issue: () => Promise.reject(new Error('Nobody logs in here.')),
        verify: async () => ({
          user: setting.caller,
          organization: setting.organization,
          scopes: scopesUpTo('admin'),
          tokenId: '',
        }),
      },
      clock: process.clock,
      now: process.clock.now,
      random: random.next,
      newToken: () => `token ${++tokens}`,
      ids,
      observe,
      unknownMs: TIMES.unknownMs,
      settings: SETTINGS,
      publicUrl: PUBLIC_URL,
      appUrl: PUBLIC_URL,
    };
  };

  // ---- functions behind queues

  function consumeWith<T>(
    name: QueueName,
    handle: (process: Process, body: T) => Promise<void>,
    subjectOf: (body: T) => MessagePlace | undefined,
  ) {
    return (body: unknown, settled: (deleted: boolean) => void): void => {
      if (outage.hits(name)) {
        settled(false);
        return;
      }
      const subject = subjectOf(body as T);
      scheduler.spawn({
        name: name === 'ticks' ? 'worker' : name,
        ...(subject && { subject }),
        lifeMs: FUNCTION_MS,
        work: async (process) => {
          scheduler.log(process.name, `#${process.id}`, 'gets', JSON.stringify(body));
          await handle(process, body as T);
        },
        ended: (ending) => settled(ending.how === 'done' || (isTryLater(ending) && variant.dropsUnderLease === true)),
      });
    };
  }
  const place = ({ conversation, key }: MessagePlace): MessagePlace => ({ conversation, key });

  queues.set(
    'ticks',
    createQueue(
      scheduler,
      history,
      'ticks',
      consumeWith<Tick>('ticks', (process, tick) => work(partsOf(process), tick), place),
    ),
  );
  for (const touchpoint of TOUCHPOINTS) {
    const handle = (process: Process, delivery: Delivery) => {
      const remainingMs = () => process.deadline - scheduler.now();
      return deliver({ ...partsOf(process), touchpoint }, delivery, { remainingMs });
    };
    queues.set(
      touchpoint,
      createQueue(scheduler, history, touchpoint, consumeWith<Delivery>(touchpoint, handle, place)),
    );
  }
  const sweepOrPurge = async (process: Process, message: Sweep | Purge): Promise<void> => {
    const parts = partsOf(process);
    if ('purge' in message) await purge(parts.table, message.purge);
    else await sweep(parts, message);
  };
  queues.set(
    'sweep',
    createQueue(
      scheduler,
      history,
      'sweep',
      consumeWith<Sweep | Purge>('sweep', sweepOrPurge, () => undefined),
    ),
  );

  // ---- the table's stream

  let streamed: Anything[] = [];
  let isReading = false;
  function stored(item: Anything): void {
    if (variant.noSweeper) return;
    streamed.push({ eventName: 'INSERT', dynamodb: { NewImage: marshall(item, { removeUndefinedValues: true }) } });
    scheduler.at(scheduler.now(), readStream);
  }
  function readStream(): void {
    if (isReading || streamed.length === 0) return;
    isReading = true;
    const Records = streamed;
    streamed = [];
    const go = (): void => {
      scheduler.spawn({
        name: 'stream',
        lifeMs: FUNCTION_MS,
        work: (process) => remember(partsOf(process).sweeps, storedMessages({ Records }), TIMES.sweepDelaySeconds),
        ended: ({ how }) => {
          if (how !== 'done') return scheduler.at(scheduler.now() + REPEAT_MS, go);
          isReading = false;
          scheduler.at(scheduler.now(), readStream);
        },
      });
    };
    go();
  }

  // ---- functions behind HTTP

  const http = (path: string, body: unknown): HttpRequest => ({
    method: 'POST',
    path,
    rawQuery: '',
    query: {},
    headers: { authorization: 'Bearer simulated', 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(body)),
    requestId: `request ${++requests}`,
  });
  const moment = () => ({ at: scheduler.now(), step: scheduler.step() });

  function request({ name, person, path, body, kind }: Parameters<World['request']>[0]): void {
    scheduler.spawn({
      name,
      lifeMs: API_MS,
      work: async (process) => {
        const asked = { name, person, kind, path, body, started: moment(), process: process.id };
        history.asked.push(asked);
        scheduler.log(name, `#${process.id}`, 'POST', path, JSON.stringify(body));
        const answer = await answerOf(createApi(partsOf(process))(http(path, body)));
        await process.pause();
        Object.assign(asked, {
          answered: moment(),
          status: answer.statusCode,
          answer: JSON.parse(answer.body ?? 'null'),
        });
        scheduler.log(
          name,
          `#${process.id}`,
          'answers',
          answer.statusCode,
          answer.statusCode === 200 ? '' : answer.body,
        );
      },
    });
  }

  /** A provider calls until it is answered 200, a few times. */
  function call(name: string, provider: ProviderName, event: ProviderEvent, done: (process: Process) => void): void {
    const path = `/v2/hooks/${provider}/${setting.serviceOf(provider).id}`;
    const go = (tries: number): void => {
      scheduler.spawn({
        name,
        lifeMs: FUNCTION_MS,
        work: async (process) => {
          scheduler.log(name, `#${process.id}`, JSON.stringify(event));
          await createHooks(partsOf(process))(http(path, event));
          done(process);
        },
        ended: ({ how }) => {
          if (how !== 'done' && tries < CALLBACK_TRIES)
            scheduler.at(scheduler.now() + tries * REPEAT_MS, () => go(tries + 1));
        },
      });
    };
    go(1);
  }

  function callback({ provider, event, sent }: Callback): void {
    const { correlation, status } = event;
    if (!correlation) return;
    const reported: History['reports'][number] = { place: correlation, attempt: correlation.attempt, status };
    history.reports.push(reported);
    call('report', provider, event, () => {
      reported.done = moment();
      sent.known ??= moment();
    });
  }

  function reply({ person, telephone, provider, text, id }: Parameters<World['reply']>[0]): void {
    const asked: History['asked'][number] = {
      name: `reply ${id}`,
      person,
      kind: 'reply',
      path: '',
      body: { telephone, provider, text },
      started: moment(),
      process: 0,
    };
    history.asked.push(asked);
    const event = { kind: 'inbound', providerId: id, from: telephone, to: RECEIVER, text, media: [] } as const;
    call(asked.name, provider, event, () => {
      asked.answered = moment();
      asked.status = 200;
    });
  }

  return { scheduler, history, setting, queues, request, reply };
}

const isTryLater = (ending: Ending): boolean => ending.how === 'threw' && ending.error instanceof TryLaterError;

/** A message whose rule changes nothing is handed over on the strength of what its worker read. */
function noteHandOver(history: History, process: Process): void {
  const when = history.looks.get(process.id);
  if (when && process.subject) history.rules.push({ ...process.subject, kind: 'looked', process: process.id, when });
}

async function answerOf(response: Promise<HttpResponse>): Promise<HttpResponse> {
  try {
    return await response;
  } catch (error) {
    const known = error instanceof RequestError;
    const code = known ? error.code : 'internal_error';
    return { statusCode: known ? error.status : 500, body: JSON.stringify({ code, message: String(error) }) };
  }
}

/** For some runs: a while in which the functions behind queues throw at once. */
function createOutage(scheduler: Scheduler): { hits(queue: QueueName): boolean } {
  const { random } = scheduler;
  if (!scheduler.fault('outage')) return { hits: () => false };
  const queue = random.pick(['all', 'ticks', ...TOUCHPOINTS] as const);
  const from = scheduler.now() + random.below(700_000);
  const to = from + random.below(1_800_000);
  scheduler.log('outage of', queue, 'from', from, 'to', to);
  return {
    hits: (name) =>
      !scheduler.isCalm() && (queue === 'all' || queue === name) && scheduler.now() >= from && scheduler.now() < to,
  };
}
