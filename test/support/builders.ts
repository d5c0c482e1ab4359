import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Conversation, Participant } from '../../shared/domain/conversation.ts';
import type { Message } from '../../shared/domain/message.ts';
import { EnqueueError, type Outgoing, type QueueSender } from '../../shared/queue/send.ts';
import { createDocumentClient } from '../../shared/runtime/clients.ts';
import type { Clock } from '../../shared/runtime/clock.ts';
import { createIdMaker, successor } from '../../shared/runtime/ids.ts';
import type { MetricName, Observer } from '../../shared/runtime/observe.ts';
import { messageSk } from '../../shared/store/keys.ts';
import type { Table } from '../../shared/store/table.ts';
import type { TestTable } from './emulators.ts';

/** The moment that tests count from. */
export const NOW = Date.UTC(2026, 2, 1, 12);
export const ORGANIZATION = 'aaa111111111111111111222';
export const ORG_PATH = `aaa111111111111111111111#${ORGANIZATION}`;
export const AGENT = 'aaa000000000000000000111';
export const OTHER_AGENT = 'aaa000000000000000000222';

/** A test's table as the store wants it. */
export const tableOf = ({ tableName, clientConfig }: TestTable): Table => ({
  name: tableName,
  client: createDocumentClient(new DynamoDBClient(clientConfig)),
});

const ids = createIdMaker();
/** An id that no other test has, whose successor is nobody's either. */
export const newId = (): string => ids.nextPair(NOW);

export const aParticipant = (overrides: Partial<Participant> = {}): Participant => ({
  role: 'agent',
  active: false,
  accepted: false,
  inbox: false,
  unreadCount: 0,
  createdAt: NOW,
  updatedAt: NOW,
  ...overrides,
});

export function aConversation(overrides: Partial<Conversation> = {}): Conversation {
  const id = overrides.id ?? newId();
  return {
    id,
    organization: ORGANIZATION,
    orgPath: ORG_PATH,
    name: 'John Johnson',
    slug: 'HJIGT96F7',
    status: 'queued',
    contact: successor(id),
    profile: { name: 'John Johnson', email: 'johnjohn@example.com', telephone: '+31646280994' },
    participants: { [AGENT]: aParticipant() },
    channels: [],
    channelsOffline: [],
    touchpoint: 'sms',
    services: {},
    meta: {},
    createdBy: AGENT,
    createdAt: NOW,
    updatedAt: NOW,
    seq: 1,
    lastAt: NOW,
    version: 0,
    ...overrides,
  };
}

/** An outbound SMS, accepted and due at `NOW`, unless told otherwise. Its key follows from `due` and `seq`. */
export function aMessage(overrides: Partial<Message> = {}): Message {
  const due = overrides.due ?? NOW;
  const seq = overrides.seq ?? 1;
  return {
    id: newId(),
    conversation: newId(),
    organization: ORGANIZATION,
    key: messageSk(due, seq),
    due,
    seq,
    type: 'chat',
    role: 'agent',
    user: AGENT,
    touchpoint: 'sms',
    text: 'Hey there!',
    createdAt: NOW,
    updatedAt: NOW,
    state: 'pending',
    attempt: 0,
    expiresAt: due + 24 * 3600_000,
    ...overrides,
  };
}

/** A clock that stands still until it is moved; sleeping on it takes no time, and moves it. */
export interface FakeClock extends Clock {
  advance(ms: number): void;
  readonly slept: readonly number[];
}

export function createFakeClock(start = NOW): FakeClock {
  let now = start;
  const slept: number[] = [];
  return {
    now: () => now,
    sleep: async (ms) => {
      slept.push(ms);
      now += ms;
    },
    advance: (ms) => {
      now += ms;
    },
    slept,
  };
}

/** A queue in memory: what was sent, in order. */
export interface FakeQueue<T> extends QueueSender<T> {
  readonly sent: Outgoing<T>[];
  bodies(): T[];
  /** The next send takes nothing. */
  refuseNext(): void;
  clear(): void;
}

export function createFakeQueue<T>(): FakeQueue<T> {
  const sent: Outgoing<T>[] = [];
  let refusals = 0;
  return {
    sent,
    bodies: () => sent.map(({ body }) => body),
    refuseNext: () => {
      refusals += 1;
    },
    clear: () => {
      sent.length = 0;
    },
    async send(messages) {
      if (refusals > 0) {
        refusals -= 1;
        throw new EnqueueError(messages.length);
      }
      sent.push(...messages);
    },
  };
}

/** What was counted, as `Metric` or `Metric/touchpoint`, and what was logged as an error. */
export interface FakeObserver extends Observer {
  readonly counts: ReadonlyMap<string, number>;
  readonly errors: readonly unknown[];
  readonly infos: readonly string[];
  flushes(): number;
}

export function createFakeObserver(): FakeObserver {
  const counts = new Map<string, number>();
  const errors: unknown[] = [];
  const infos: string[] = [];
  let flushes = 0;
  const count = (metric: MetricName, value = 1, touchpoint?: string) => {
    const name = touchpoint === undefined ? metric : `${metric}/${touchpoint}`;
    counts.set(name, (counts.get(name) ?? 0) + value);
  };
  return {
    counts,
    errors,
    infos,
    flushes: () => flushes,
    info: (message) => infos.push(message),
    warn: () => {},
    error: (_message, error) => errors.push(error),
    count,
    duration: () => {},
    flush: () => {
      flushes += 1;
    },
  };
}

/** All orders of a list. */
export const permutations = <T>(list: readonly T[]): T[][] =>
  list.length <= 1
    ? [[...list]]
    : list.flatMap((first, index) =>
        permutations([...list.slice(0, index), ...list.slice(index + 1)]).map((rest) => [first, ...rest]),
      );
