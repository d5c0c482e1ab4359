import { ProvisionedThroughputExceededException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { QueueName } from '../../infra/stages.ts';
import type { Process, Scheduler } from './scheduler.ts';

/** What goes wrong, by probability: per step of a process, per call, per delivery or per message, as named. */
export interface Faults {
  /** Per step: the invocation ends there. */
  readonly kill: number;
  /** Per step: others run first, for up to `stallMaxMs`. */
  readonly stall: number;
  readonly stallMaxMs: number;
  /** Per AWS call: refused, not executed; the SDK tries three times. */
  readonly throttle: number;
  /** Per AWS call: executed, its answer lost, executed again by the SDK. */
  readonly lost: number;
  /** Per entry sent to a queue: the queue takes it not. */
  readonly refuse: number;
  /** Per receive of a queue message: received by a second one at once. */
  readonly duplicate: number;
  /** Per delete of a queue message: received once more. */
  readonly ghost: number;
  /** Per queue message: comes late. */
  readonly late: number;
  /** Per provider call: refused for good, for now, or before it left. */
  readonly refusal: number;
  /** Per provider call: no clear answer. */
  readonly ambiguous: number;
  readonly callbackLost: number;
  readonly callbackTwice: number;
  readonly callbackLate: number;
  /** Per schedule: it is not made, or nobody hears whether it was. */
  readonly scheduleFailure: number;
  /** Per schedule: it fires up to an hour late. */
  readonly scheduleLate: number;
  readonly scheduleTwice: number;
  /** Per firing: into the DLQ. */
  readonly scheduleParked: number;
  /** Per run: a function throws at once for a while. */
  readonly outage: number;
  /** Clocks differ by up to this much in either direction. */
  readonly skewMs: number;
}

export type Chance = Exclude<keyof Faults, 'stallMaxMs' | 'skewMs'>;

export const USUAL_FAULTS: Faults = {
  kill: 0.01,
  stall: 0.005,
  stallMaxMs: 8_000,
  throttle: 0.02,
  lost: 0.02,
  refuse: 0.01,
  duplicate: 0.05,
  ghost: 0.03,
  late: 0.03,
  refusal: 0.12,
  ambiguous: 0.06,
  callbackLost: 0.1,
  callbackTwice: 0.2,
  callbackLate: 0.1,
  scheduleFailure: 0.15,
  scheduleLate: 0.1,
  scheduleTwice: 0.1,
  scheduleParked: 0.03,
  outage: 0.1,
  skewMs: 0,
};

export const NO_FAULTS: Faults = {
  kill: 0,
  stall: 0,
  stallMaxMs: 0,
  throttle: 0,
  lost: 0,
  refuse: 0,
  duplicate: 0,
  ghost: 0,
  late: 0,
  refusal: 0,
  ambiguous: 0,
  callbackLost: 0,
  callbackTwice: 0,
  callbackLate: 0,
  scheduleFailure: 0,
  scheduleLate: 0,
  scheduleTwice: 0,
  scheduleParked: 0,
  outage: 0,
  skewMs: 0,
};

/** One call to AWS. */
export interface AwsCall<T> {
  /** Executes it. A rejection is an answer too. */
  execute(): Promise<T>;
  /** What the service says when it does not execute it. Undefined: it is never throttled. */
  refusal?(): Error | undefined;
  /** The service knows a repetition of a call that succeeded by its token, and does not execute it again. */
  readonly knowsRepetition?: boolean;
  /** Called when it was executed and its answer is lost. */
  lost?(): void;
}

const SDK_TRIES = 3;

/** Makes a call in which others may come before its execution and before its answer, and which may go wrong. */
export async function callAws<T>(scheduler: Scheduler, process: Process, call: AwsCall<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    await process.pause();
    const refusal = scheduler.fault('throttle') ? call.refusal?.() : undefined;
    if (!refusal) return executeAndAnswer(scheduler, process, call);
    if (attempt === SDK_TRIES || !isRepeatedBySdk(refusal)) throw refusal;
    await process.pause(50 + scheduler.random.below(200));
  }
}

async function executeAndAnswer<T>(scheduler: Scheduler, process: Process, call: AwsCall<T>): Promise<T> {
  const execute = () =>
    scheduler.real(call.execute()).then(
      (value) => ({ ok: true, value }) as const,
      (error: unknown) => ({ ok: false, error }) as const,
    );
  let answer = await execute();
  if (scheduler.fault('lost')) {
    if (answer.ok) call.lost?.();
    await process.pause(100 + scheduler.random.below(400));
    if (!(answer.ok && call.knowsRepetition)) answer = await execute();
  }
  await process.pause();
  if (answer.ok) return answer.value;
  throw answer.error;
}

const isRepeatedBySdk = (error: Error): boolean => error instanceof ProvisionedThroughputExceededException;

export const throttled = (): Error =>
  new ProvisionedThroughputExceededException({ message: 'Throttled by the simulation.', $metadata: {} });

/** A transaction that met another one: the SDK does not repeat it. */
export const conflicted = (actions: number): Error =>
  new TransactionCanceledException({
    message: 'In conflict by the simulation.',
    $metadata: {},
    CancellationReasons: Array.from({ length: actions }, (_, index) => ({
      Code: index === 0 ? 'TransactionConflict' : 'None',
    })),
  });

/** For some runs: a while in which the functions behind queues throw at once. */
export function createOutage(scheduler: Scheduler, queues: readonly QueueName[]): { hits(queue: QueueName): boolean } {
  const { random } = scheduler;
  if (!scheduler.fault('outage')) return { hits: () => false };
  const queue = random.pick(['all', ...queues] as const);
  const from = scheduler.now() + random.below(700_000);
  const to = from + random.below(1_800_000);
  scheduler.log('outage of', queue, 'from', from, 'to', to);
  return {
    hits: (name) =>
      !scheduler.isCalm() && (queue === 'all' || queue === name) && scheduler.now() >= from && scheduler.now() < to,
  };
}
