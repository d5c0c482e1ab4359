import { type Faults, NO_FAULTS, USUAL_FAULTS } from './faults.ts';
import { type Shape, USUAL_SHAPE } from './shape.ts';
import type { BrokenName } from './variants.ts';

export interface Configuration {
  readonly name: string;
  readonly faults: Faults;
  readonly shape: Shape;
}

const configure = (name: string, faults: Partial<Faults>, shape: Partial<Shape> = {}): Configuration => ({
  name,
  faults: { ...USUAL_FAULTS, ...faults },
  shape: { ...USUAL_SHAPE, ...shape },
});

/** What the engine as it is must bear without a violation. */
export const CONFIGURATIONS: readonly Configuration[] = [
  configure('no-faults', NO_FAULTS),
  configure('usual', {}),
  configure('callbacks-all-lost', { callbackLost: 1 }),
  configure('callbacks-never-lost', { callbackLost: 0, callbackLate: 0 }),
  configure('unclear', { ambiguous: 0.3 }, { sameText: 0.8 }),
  configure('throttled', { throttle: 0.1, lost: 0.1 }),
  configure('killed', { kill: 0.04 }),
  configure('stalled', { stall: 0.03, stallMaxMs: 20_000 }),
  configure('outage', { outage: 1 }),
  configure('skew-20', { skewMs: 20 }),
  configure('skew-500', { skewMs: 500 }),
  configure('replies', { ambiguous: 0.15 }, { reply: 1, stop: 0.5 }),
  configure('at-the-wait', { stall: 0.02 }, { atTheWait: true, maxPeople: 1 }),
  configure(
    'together',
    { stall: 0.03, stallMaxMs: 400 },
    { together: true, maxPeople: 1, maxRequests: 5, startAgain: 0.8, otherIdentifiers: 0.4 },
  ),
  configure(
    'touchpoints',
    { lost: 0.1, throttle: 0.05, stall: 0.03, stallMaxMs: 400 },
    { together: true, maxPeople: 1, maxRequests: 4, otherIdentifiers: 0.3, ownTouchpoint: 0.5, reply: 0.6, delay: 0 },
  ),
  configure('withdrawals', { stall: 0.02, stallMaxMs: 2_000 }, { withdraw: 1, delay: 0.7, leave: 0.25 }),
  configure(
    'deletions',
    { stall: 0.03, stallMaxMs: 12_000, ambiguous: 0.15 },
    { deletion: 1, delay: 0.3, stop: 0.4, stopWithinMs: 20_000, withdraw: 0.2 },
  ),
  configure(
    'schedules',
    { scheduleFailure: 0.3, scheduleLate: 0.2, scheduleTwice: 0.3, scheduleParked: 0.1, kill: 0.02 },
    { delay: 0.7, longDelay: 0.7, withdraw: 0.3 },
  ),
  configure(
    'consent',
    { stall: 0.04, stallMaxMs: 6_000, ambiguous: 0.1 },
    {
      maxPeople: 4,
      touchpoints: ['email', 'sms', 'sms', 'whatsapp'],
      otherIdentifiers: 0.1,
      delay: 0.5,
      leave: 0,
      reply: 0,
      stop: 1,
      told: 0.4,
      restart: 0.6,
      stopWithinMs: 6_000,
    },
  ),
  configure('crossing', { stall: 0.03, stallMaxMs: 400 }, { crossing: true, maxPeople: 4 }),
  configure('repeats', { lost: 0.08, kill: 0.03, stall: 0.02 }, { repeat: 0.8, maxRequests: 4, startAgain: 0.6 }),
];

const SLOW_TO_SEND: Partial<Faults> = { stall: 0.1, stallMaxMs: 10_000, kill: 0 };
const ONLY_STALLED: Partial<Faults> = { ...NO_FAULTS, stall: 0.08, stallMaxMs: 20_000 };
const ONLY_KILLED: Partial<Faults> = { ...NO_FAULTS, kill: 0.05 };
const QUICK_TO_SEND: Partial<Shape> = {
  reply: 0,
  maxPeople: 1,
  otherIdentifiers: 0,
  touchpoints: ['sms'],
  delay: 0,
  leave: 0,
};

/** Aimed at one broken variant each: what must happen for it to show is rare otherwise. */
export const AIMED: Readonly<Record<BrokenName, Configuration>> = {
  'no-advance': configure('no-advance', {}),
  'no-claim': configure('no-claim', { duplicate: 0.2 }),
  'no-predecessor-check': configure('no-predecessor-check', {}),
  'no-own-tick': configure('no-own-tick', { refusal: 0.3, ambiguous: 0.2 }),
  'no-restart': configure('no-restart', { late: 0 }, { atTheWait: true, maxPeople: 1 }),
  'no-sweeper': configure('no-sweeper', { kill: 0.05 }),
  'drops-under-lease': configure('drops-under-lease', { kill: 0.05, duplicate: 0.3 }),
  'no-version': configure(
    'no-version',
    { stall: 0.15, stallMaxMs: 4_000, duplicate: 0.7, kill: 0 },
    { maxPeople: 1, leave: 0.4, delay: 0, reply: 1, touchpoints: ['sms'] },
  ),
  'rule-without-state': configure(
    'rule-without-state',
    { duplicate: 0.5, stall: 0.05 },
    { delay: 0, leave: 0.5, maxPeople: 1 },
  ),
  'sdk-retries': configure('sdk-retries', { ambiguous: 0.4 }),
  'consent-first': configure('consent-first', SLOW_TO_SEND, { ...QUICK_TO_SEND, stop: 1, stopWithinMs: 2_000 }),
  'record-without-token': configure('record-without-token', { stall: 0.05, stallMaxMs: 60_000, callbackLost: 0 }),
  'cancel-deletes': configure('cancel-deletes', {}, { withdraw: 1, delay: 0.7 }),
  'cancel-under-way': configure('cancel-under-way', SLOW_TO_SEND, { ...QUICK_TO_SEND, withdraw: 1 }),
  'move-apart': configure('move-apart', ONLY_KILLED, { ...QUICK_TO_SEND, maxPeople: 6, withdraw: 1, delay: 0.9 }),
  'move-under-way': configure('move-under-way', ONLY_STALLED, {
    ...QUICK_TO_SEND,
    maxPeople: 8,
    delay: 1,
    withdraw: 1,
    withdrawnAfterMs: [200],
  }),
  'record-apart': configure('record-apart', ONLY_KILLED, { ...QUICK_TO_SEND, maxPeople: 3, repeat: 1 }),
  'no-guard': configure('no-guard', {}, { ...QUICK_TO_SEND, repeat: 1 }),
  'purge-at-once': configure(
    'purge-at-once',
    { stall: 0.06, stallMaxMs: 9_000, kill: 0, outage: 0 },
    { maxPeople: 1, maxRequests: 6, startAgain: 0.1, deletion: 1, touchpoints: ['sms'], delay: 0.8, reply: 0 },
  ),
  'purge-head-first': configure('purge-head-first', { kill: 0.05 }, { ...QUICK_TO_SEND, deletion: 1 }),
  'no-hop': configure('no-hop', { scheduleFailure: 0.9 }, { delay: 0.8, longDelay: 0.8 }),
  'clock-ahead': configure('clock-ahead', {}, { delay: 0.9 }),
  'stop-at-once': configure('stop-at-once', ONLY_STALLED, {
    ...QUICK_TO_SEND,
    maxPeople: 8,
    maxRequests: 1,
    stop: 1,
    stopWithinMs: 3_000,
  }),
  'deletion-at-once': configure('deletion-at-once', SLOW_TO_SEND, { ...QUICK_TO_SEND, deletion: 1 }),
  'stop-forgets-deleted': configure(
    'stop-forgets-deleted',
    { ...ONLY_STALLED, stall: 0.03 },
    {
      ...QUICK_TO_SEND,
      maxPeople: 8,
      maxRequests: 1,
      deletion: 1,
      deletionWithinMs: 1_500,
      stop: 1,
      stopWithinMs: 3_000,
    },
  ),
};

export function configurationNamed(name: string): Configuration {
  const found = [...CONFIGURATIONS, ...Object.values(AIMED)].find((configuration) => configuration.name === name);
  if (found) return found;
  throw new Error(
    `Unknown configuration "${name}": choose one of ${CONFIGURATIONS.map((known) => known.name).join(', ')}.`,
  );
}
