import {
  BatchWriteCommand,
  DeleteCommand,
  GetCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { QueueName } from '../../infra/stages.ts';
import type { Provider } from '../../shared/providers/provider.ts';
import type { Scheduler } from '../../shared/queue/schedule.ts';
import { HEAD, isMessageSk } from '../../shared/store/keys.ts';
import type { History } from './history.ts';
import type { Process } from './scheduler.ts';
import { type Anything, type Command, keyOf, setsAttribute } from './table.ts';

/** The engine with one of its sentences broken, from outside: by what its parts answer. Made afresh for every run. */
export interface Variant {
  /** What is asked of the table instead, one after the other; the first is answered. */
  command?(command: Command, process: Process): Command | readonly Command[];
  /** What is answered instead. */
  answer?(command: Command, answer: Anything, process: Process, history: History): Anything;
  /** Queue messages that are lost. */
  drops?(queue: QueueName, body: Anything, process: Process): boolean;
  provider?(provider: Provider): Provider;
  schedules?(scheduler: Scheduler): Scheduler;
  /** How long a queue message waits instead. */
  delaySeconds?(queue: QueueName, body: Anything, given: number): number;
  clockAheadMs?(process: Process): number;
  readonly noSweeper?: boolean;
  /** A delivery under a live lease is deleted from its queue. */
  readonly dropsUnderLease?: boolean;
}

export const AS_IT_IS: Variant = {};

const TOUCHPOINT_FUNCTIONS = new Set(['email', 'sms', 'whatsapp']);
const pkOf = ({ input }: Command): string => String((input as Anything).Key?.pk ?? '');
const skOf = ({ input }: Command): string => String((input as Anything).Key?.sk ?? '');

const used = (names: Anything, expression: string): Anything => {
  const kept = Object.entries(names ?? {}).filter(([name]) => new RegExp(`${name}\\b`).test(expression));
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
};

/** The write with a weaker condition: that the item is there. */
const lifted = (input: Anything): Anything => ({
  ...input,
  ConditionExpression: 'attribute_exists(pk)',
  ExpressionAttributeNames: used(input.ExpressionAttributeNames, input.UpdateExpression ?? ''),
  ExpressionAttributeValues: used(input.ExpressionAttributeValues, input.UpdateExpression ?? ''),
});

/** Whether a query looks for what comes after a message (`findNext`), or for what comes before it (`readTurn`). */
const looks = (command: Command, direction: 'after' | 'before'): boolean =>
  command instanceof QueryCommand &&
  command.input.IndexName === undefined &&
  command.input.ConsistentRead === true &&
  command.input.ScanIndexForward === (direction === 'after');

const actionsOf = (command: TransactWriteCommand): readonly Anything[] => command.input.TransactItems ?? [];

const transaction = (command: TransactWriteCommand, actions: readonly Anything[]): TransactWriteCommand =>
  new TransactWriteCommand({ ...command.input, TransactItems: [...actions] });

const withActions = (command: TransactWriteCommand, change: (action: Anything) => Anything): TransactWriteCommand =>
  transaction(command, actionsOf(command).map(change));

/** Two transactions instead of one. */
function inTwo(command: TransactWriteCommand, isLater: (action: Anything) => boolean): readonly Command[] {
  const later = actionsOf(command).filter(isLater);
  if (later.length === 0) return [command];
  const first = actionsOf(command).filter((action) => !isLater(action));
  return [transaction(command, first), transaction(command, later)];
}

const isMove = (command: Command): command is TransactWriteCommand =>
  command instanceof TransactWriteCommand &&
  actionsOf(command).some(({ Update }) => Update && setsAttribute(Update, 'movedTo'));

const setsTo = (command: Command, attribute: string): boolean =>
  command instanceof UpdateCommand && setsAttribute(command.input, attribute);

const isCancel = (command: Command): command is UpdateCommand =>
  command instanceof UpdateCommand &&
  setsTo(command, 'state') &&
  Object.values(command.input.ExpressionAttributeValues ?? {}).includes('canceled');

const isClaim = (command: Command): boolean => isMessageSk(skOf(command)) && setsTo(command, 'lease');

const noAdvance = (): Variant => ({
  answer: (command, answer) => (looks(command, 'after') ? { ...answer, Items: [] } : answer),
});

const noClaim = (): Variant => ({
  command: (command) => (isClaim(command) ? new UpdateCommand(lifted(command.input)) : command),
});

const noPredecessorCheck = (): Variant => ({
  answer: (command, answer) => (looks(command, 'before') ? { Items: (answer.Items ?? []).slice(0, 1) } : answer),
});

const noOwnTick = (): Variant => ({
  drops: (queue, body, { name, subject }) =>
    queue === 'ticks' && TOUCHPOINT_FUNCTIONS.has(name) && body.key === subject?.key,
});

/** After its wait the worker goes on with what it had read before it. */
const noRestart = (): Variant => {
  const firstAnswers = new Map<string, Anything>();
  return {
    answer(command, answer, process) {
      if (process.name !== 'worker') return answer;
      const kind = looks(command, 'before')
        ? 'turn'
        : command instanceof GetCommand && skOf(command) === HEAD
          ? 'head'
          : '';
      if (kind === '') return answer;
      const name = `${process.id} ${kind}`;
      if (!firstAnswers.has(name)) firstAnswers.set(name, answer);
      return firstAnswers.get(name);
    },
  };
};

const noVersion = (): Variant => ({
  command(command) {
    if (setsTo(command, 'participants')) return new UpdateCommand(lifted(command.input));
    if (!(command instanceof TransactWriteCommand)) return command;
    const finishes = actionsOf(command)[0]?.Update !== undefined;
    if (!finishes) return command;
    return withActions(command, ({ Update, ConditionCheck, ...rest }) => ({
      ...rest,
      ...(Update && { Update: Update.Key?.sk === HEAD ? lifted(Update) : Update }),
      ...(ConditionCheck && { ConditionCheck: lifted(ConditionCheck) }),
    }));
  },
});

const ruleWithoutState = (): Variant => ({
  command(command) {
    if (!(command instanceof TransactWriteCommand)) return command;
    return withActions(command, ({ Update, ...rest }) => ({
      ...rest,
      ...(Update && { Update: isMessageSk(String(Update.Key?.sk)) ? lifted(Update) : Update }),
    }));
  },
});

const sdkRetries = (): Variant => ({
  provider: (provider) => ({
    ...provider,
    async send(request) {
      const first = await provider.send(request);
      return first.outcome === 'rejected' && first.class === 'ambiguous' ? provider.send(request) : first;
    },
  }),
});

/** The opt-out is read as the invocation begins, before its claim. */
const consentFirst = (): Variant => ({
  answer(command, answer, process, { consents }) {
    if (!(command instanceof GetCommand) || !pkOf(command).startsWith('P#')) return answer;
    const key = keyOf(command.input.Key);
    const known = consents.findLast((consent) => consent.key === key && consent.when.step <= process.begun);
    const stop = { on: true, at: 0, source: 'reply', reason: 'reply' };
    return known?.kind === 'stop' ? { Item: { consent: { stop }, version: 1, told: [] } } : {};
  },
});

/** Record and evidence count whoever holds the claim. */
const recordWithoutToken = (): Variant => ({
  command: (command) =>
    isMessageSk(skOf(command)) && !isClaim(command) && setsTo(command, 'state')
      ? new UpdateCommand(lifted(command.input as Anything))
      : command,
});

/** A canceled message leaves no tombstone. */
const cancelDeletes = (): Variant => ({
  command(command) {
    if (!isCancel(command)) return command;
    const { ConditionExpression = '', ExpressionAttributeNames, ExpressionAttributeValues, ...input } = command.input;
    return new DeleteCommand({
      TableName: input.TableName,
      Key: input.Key,
      ConditionExpression,
      ExpressionAttributeNames: used(ExpressionAttributeNames, ConditionExpression),
      ExpressionAttributeValues: used(ExpressionAttributeValues, ConditionExpression),
      ReturnValues: 'ALL_OLD',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
  },
});

/** A move puts the message at its new place after it has left the old one. */
const moveApart = (): Variant => ({
  command: (command) => (isMove(command) ? inTwo(command, ({ Put }) => Put !== undefined) : command),
});

/** Moved in whatever state it is. */
const moveUnderWay = (): Variant => ({
  command: (command) =>
    isMove(command)
      ? withActions(command, ({ Update, ...rest }) => ({ ...rest, ...(Update && { Update: lifted(Update) }) }))
      : command,
});

/** Canceled in whatever state it is. */
const cancelUnderWay = (): Variant => ({
  command: (command) => (isCancel(command) ? new UpdateCommand(lifted(command.input as Anything)) : command),
});

/** The record of an `Idempotency-Key` is written after what it stands for. */
const recordApart = (): Variant => ({
  command: (command) =>
    command instanceof TransactWriteCommand
      ? inTwo(command, ({ Put }) => String(Put?.Item?.pk).startsWith('K#'))
      : command,
});

/** No note of a `clientId` is kept. */
const noGuard = (): Variant => ({
  command: (command) =>
    command instanceof TransactWriteCommand
      ? transaction(
          command,
          actionsOf(command).filter(({ Put }) => !String(Put?.Item?.sk).startsWith('N#')),
        )
      : command,
});

/** The conversation goes before what is in it. */
const purgeHeadFirst = (): Variant => ({
  command(command) {
    if (!(command instanceof BatchWriteCommand)) return command;
    const [[table, writes] = []] = Object.entries<Anything>(command.input.RequestItems ?? {});
    const { pk, sk } = writes?.[0]?.DeleteRequest?.Key ?? {};
    if (table === undefined || !String(pk).startsWith('C#') || sk === HEAD) return command;
    const head = { DeleteRequest: { Key: { pk, sk: HEAD } } };
    return [new BatchWriteCommand({ RequestItems: { [table]: [head] } }), command];
  },
});

/** Those who wait until nothing is on its way any more see nothing on its way. */
const answersAtOnce =
  (...askers: readonly string[]) =>
  (): Variant => ({
    answer: (command, answer, { name }) =>
      askers.some((asker) => name.startsWith(asker)) && looks(command, 'before') ? { ...answer, Items: [] } : answer,
  });

/** A STOP looks for what is on its way to whoever has the address now, and not to who had it until a deletion. */
const stopForgetsDeleted = (): Variant => ({
  answer: (command, answer) =>
    command instanceof QueryCommand && Object.values(command.input.ExpressionAttributeValues ?? {}).some(isIdentityPk)
      ? { ...answer, Items: (answer.Items ?? []).filter(({ sk }: Anything) => sk === HEAD) }
      : answer,
});
const isIdentityPk = (value: unknown): boolean => String(value).startsWith('I#');

/** Each must be caught. */
export const BROKEN = {
  'no-advance': noAdvance,
  'no-claim': noClaim,
  'no-predecessor-check': noPredecessorCheck,
  'no-own-tick': noOwnTick,
  'no-restart': noRestart,
  'no-sweeper': () => ({ noSweeper: true }),
  'drops-under-lease': () => ({ dropsUnderLease: true }),
  'no-version': noVersion,
  'rule-without-state': ruleWithoutState,
  'sdk-retries': sdkRetries,
  'consent-first': consentFirst,
  'record-without-token': recordWithoutToken,
  'cancel-deletes': cancelDeletes,
  'cancel-under-way': cancelUnderWay,
  'move-apart': moveApart,
  'move-under-way': moveUnderWay,
  'record-apart': recordApart,
  'no-guard': noGuard,
  'purge-at-once': () => ({ delaySeconds: (_, body, given) => ('purge' in body ? 0 : given) }),
  'purge-head-first': purgeHeadFirst,
  'no-hop': () => ({ schedules: ({ at }) => ({ at: (...to) => at(...to).catch(() => {}) }) }),
  'clock-ahead': () => ({
    clockAheadMs: ({ name }) => (name === 'worker' || TOUCHPOINT_FUNCTIONS.has(name) ? 400 : 0),
  }),
  'stop-at-once': answersAtOnce('reply', 'word'),
  'deletion-at-once': answersAtOnce('deletion'),
  'stop-forgets-deleted': stopForgetsDeleted,
} as const satisfies Record<string, () => Variant>;

export type BrokenName = keyof typeof BROKEN;
