import {
  BatchGetCommand,
  BatchWriteCommand,
  type DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { groundAgainst } from '../../shared/domain/consent.ts';
import { conversationOf, HEAD, isMessageSk } from '../../shared/store/keys.ts';
import { toMessage } from '../../shared/store/message-item.ts';
import { callAws, conflicted, throttled } from './faults.ts';
import type { History, Moment } from './history.ts';
import type { Process, Scheduler } from './scheduler.ts';
import type { Variant } from './variants.ts';

/** The commands that the stores of the product send. */
export type Command =
  | GetCommand
  | PutCommand
  | UpdateCommand
  | DeleteCommand
  | QueryCommand
  | TransactWriteCommand
  | BatchGetCommand
  | BatchWriteCommand;

// biome-ignore lint/suspicious/noExplicitAny: items and answers of every shape pass through
export type Anything = any;

export interface TableWorld {
  readonly scheduler: Scheduler;
  readonly history: History;
  readonly client: DynamoDBDocumentClient;
  readonly variant: Variant;
  /** A message item that was inserted. */
  stored(item: Record<string, Anything>): void;
}

export const keyOf = (key: Anything): string => `${key?.pk} ${key?.sk}`;

/** What a command does, in one line. */
export function describe(command: Command): string {
  const { input }: { input: Anything } = command;
  const kind = command.constructor.name.replace('Command', '');
  if (command instanceof TransactWriteCommand) {
    const actions = (input.TransactItems ?? []).map((action: Anything) => {
      const [name, body]: [string, Anything] = Object.entries(action)[0] ?? ['', {}];
      return `${name} ${keyOf(body.Key ?? body.Item)}`;
    });
    return `${kind} [${actions.join(', ')}]`;
  }
  if (command instanceof QueryCommand) {
    return `${kind} ${Object.values(input.ExpressionAttributeValues ?? {}).join(' ')}`;
  }
  if (command instanceof BatchGetCommand || command instanceof BatchWriteCommand) return kind;
  return `${kind} ${keyOf(input.Key ?? input.Item)}`;
}

/** The document client as one invocation has it: every call a pause of the scheduler, every fact noted. */
export function createTableClient(world: TableWorld, process: Process): DynamoDBDocumentClient {
  const { scheduler, client, variant, history } = world;
  const log = (...words: unknown[]) => scheduler.log(process.name, `#${process.id}`, ...words);
  const send = async (asked: Command): Promise<Anything> => {
    const [command = asked, ...others] = [variant.command?.(asked, process) ?? asked].flat();
    const answer = await call(command);
    for (const other of others) await call(other);
    return variant.answer ? variant.answer(command, answer, process, history) : answer;
  };
  const call = (command: Command): Promise<Anything> =>
    callAws<Anything>(scheduler, process, {
      execute: async () => {
        try {
          const outcome = await client.send(command as GetCommand);
          log(describe(command));
          note(world, process, command, outcome);
          return outcome;
        } catch (error) {
          log(describe(command), 'failed:', error instanceof Error ? error.name : error);
          throw error;
        }
      },
      refusal: () => refusalOf(command),
      knowsRepetition: command instanceof TransactWriteCommand,
      lost: () => noteReserved(world, process, command, true),
    });
  return { send } as unknown as DynamoDBDocumentClient;
}

const refusalOf = (command: Command): Error =>
  command instanceof TransactWriteCommand ? conflicted(command.input.TransactItems?.length ?? 0) : throttled();

function note(world: TableWorld, process: Process, command: Command, answer: Anything): void {
  const { history } = world;
  if (command instanceof GetCommand && command.input.Key?.sk === HEAD) history.looks.set(process.id, momentOf(world));
  if (command instanceof GetCommand && isOptOut(command.input.Key))
    history.consentLooks.set(process.id, { ...momentOf(world), key: keyOf(command.input.Key) });
  noteReserved(world, process, command, false);
  if (command instanceof PutCommand) notePut(world, process, command.input.Item);
  if (command instanceof UpdateCommand) noteUpdate(world, process, command.input, answer.Attributes);
  if (command instanceof TransactWriteCommand) noteTransaction(world, process, command.input.TransactItems ?? []);
}

const momentOf = ({ scheduler }: TableWorld): Moment => ({ at: scheduler.now(), step: scheduler.step() });

/** The consent of an address, not an entry of its log. */
const isOptOut = (key: Anything): boolean => String(key?.pk).startsWith('P#') && !String(key.sk).startsWith('L#');

/** Whether an update sets an attribute, other than just asking for it. */
export function setsAttribute(input: Anything, attribute: string): boolean {
  const { ExpressionAttributeNames: names = {}, UpdateExpression = '' } = input ?? {};
  const alias = Object.keys(names).find((name) => names[name] === attribute);
  return alias !== undefined && UpdateExpression.split(/\b(?:REMOVE|ADD)\b/)[0]?.includes(`${alias} =`) === true;
}

const updatesOf = (command: Command): Anything[] => {
  if (command instanceof UpdateCommand) return [command.input];
  if (!(command instanceof TransactWriteCommand)) return [];
  return (command.input.TransactItems ?? []).flatMap(({ Update }) => Update ?? []);
};

function noteReserved(world: TableWorld, process: Process, command: Command, lost: boolean): void {
  const head = updatesOf(command).find(({ Key }) => Key.sk === HEAD);
  if (!head || !setsAttribute(head, 'lastAt')) return;
  const conversation = conversationOf(head.Key.pk);
  world.history.reserved.push({ conversation, process: process.id, when: momentOf(world), lost });
}

function noteConsent(world: TableWorld, kind: 'stop' | 'start', key: Anything): void {
  world.history.consents.push({ key: keyOf(key), kind, when: momentOf(world) });
}

function notePut(world: TableWorld, process: Process, item: Anything): void {
  const { history } = world;
  if (isOptOut(item)) noteConsent(world, groundAgainst(item.consent, 'transactional') ? 'stop' : 'start', item);
  if (!String(item.pk).startsWith('C#')) return;
  const conversation = conversationOf(item.pk);
  if (item.sk === HEAD) history.conversations.set(conversation, item);
  if (!isMessageSk(item.sk)) return;
  const message = toMessage(item);
  history.stored.push({ conversation, key: item.sk, message, process: process.id, when: momentOf(world) });
  world.stored(item);
}

const namesIn = (input: Anything): string[] => Object.values(input.ExpressionAttributeNames ?? {});

const isRuleWrite = (input: Anything): boolean => input.Key?.sk === HEAD && namesIn(input).includes('participants');

function noteUpdate(world: TableWorld, process: Process, input: Anything, item: Anything): void {
  if (isMessageSk(input.Key.sk)) noteChange(world, process, input.Key, item);
  if (isRuleWrite(input)) noteRule(world, process, 'written', input.Key);
}

function noteChange({ history, scheduler }: TableWorld, process: Process, key: Anything, item: Anything): void {
  const place = { conversation: conversationOf(key.pk), key: key.sk };
  const when: Moment = { at: scheduler.now(), step: scheduler.step() };
  const { state, attempt, receipt, error } = item;
  const consented = history.consentLooks.get(process.id);
  history.changes.push({ ...place, state, attempt, receipt: receipt?.status, code: error?.code, consented, when });
  if (state === 'sending') history.claims.push({ ...place, attempt, process: process.id, when });
}

function noteTransaction(world: TableWorld, process: Process, actions: readonly Anything[]): void {
  for (const { Put } of actions) if (Put) notePut(world, process, Put.Item);
  const deleted = actions.find(({ Update }) => Update?.Key.sk === HEAD && setsAttribute(Update, 'deletedAt'))?.Update;
  if (deleted) noteDeletion(world, conversationOf(deleted.Key.pk));
  const changed = actions.find(({ Update }) => Update && isMessageSk(Update.Key.sk))?.Update;
  const moved = changed && setsAttribute(changed, 'movedTo');
  if (moved) noteChange(world, process, changed.Key, { state: 'moved', attempt: 0 });
  const finished = moved ? undefined : changed;
  const heard = actions.find(({ Put }) => Put?.Item.inbound === true)?.Put;
  const isNew = actions.some(({ Put }) => Put?.Item.sk === HEAD && Put.Item.pk === heard?.Item.pk);
  if (finished) {
    noteChange(world, process, finished.Key, { state: 'done', attempt: 0 });
    noteRule(world, process, 'finished', finished.Key);
  }
  if (heard && !isNew) noteRule(world, process, 'inbound', heard.Item);
}

function noteDeletion(world: TableWorld, conversation: string): void {
  const { deletions } = world.history;
  if (!deletions.has(conversation)) deletions.set(conversation, momentOf(world));
}

/** A rule written by the worker is that of the message in its tick. */
function noteRule(
  world: TableWorld,
  process: Process,
  kind: 'written' | 'finished' | 'inbound',
  at: { pk: string; sk: string },
): void {
  const key = kind === 'written' ? (process.subject?.key ?? '') : at.sk;
  const conversation = conversationOf(at.pk);
  world.history.rules.push({ kind, conversation, key, process: process.id, when: momentOf(world) });
  world.history.looks.delete(process.id);
}
