import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Conversation } from '../../shared/domain/conversation.ts';
import { parseEmailAddress } from '../../shared/domain/email-address.ts';
import type { Message } from '../../shared/domain/message.ts';
import { parseTelephone } from '../../shared/domain/telephone.ts';
import { toConversation } from '../../shared/store/conversation-item.ts';
import { identityOf } from '../../shared/store/identities.ts';
import { conversationPk, failureSk, HEAD, isMessageSk } from '../../shared/store/keys.ts';
import { toMessage } from '../../shared/store/message-item.ts';
import type { Item, Table } from '../../shared/store/table.ts';
import type { Asked, History, Moment } from './history.ts';
import { PEPPER } from './people.ts';
import type { World } from './world.ts';

export interface StoredConversation {
  readonly conversation: Conversation;
  readonly messages: readonly Message[];
  /** Keys of the messages of which it says that they failed. */
  readonly failures: ReadonlySet<string>;
}

/** What a run left in the table, beside what happened in it. */
export interface Facts {
  readonly history: History;
  readonly skewMs: number;
  readonly organization: string;
  /** The organization's channels. */
  readonly channels: readonly string[];
  /** Those that are there, marked deleted or not. */
  readonly conversations: ReadonlyMap<string, StoredConversation>;
  /** How many items are left of each, those that are gone included. */
  readonly partitions: ReadonlyMap<string, number>;
  /**
   * A request's place in one of these was given by a call whose answer was lost, and somebody else got theirs before
   * the SDK repeated it: touchpoint and profile may end in no order of the requests, which is accepted.
   */
  readonly outrun: ReadonlySet<string>;
  readonly messages: readonly Message[];
  /** Conversation by identifier as written, of all that requests named. */
  readonly owners: ReadonlyMap<string, string>;
  /** The request that stored a message, if it was one. */
  requestOf(message: Pick<Message, 'conversation' | 'key'>): Asked | undefined;
  /** When a message first reached somebody: the provider took it, or its rule was applied. */
  reached(message: Pick<Message, 'conversation' | 'key'>): Moment | undefined;
}

export const placeOf = ({ conversation, key }: Pick<Message, 'conversation' | 'key'>): string =>
  `${conversation} ${key}`;

export async function collectFacts(table: Table, world: World): Promise<Facts> {
  const { history, scheduler } = world;
  const conversations = new Map<string, StoredConversation>();
  const partitions = new Map<string, number>();
  for (const id of history.conversations.keys()) {
    const items = await readPartition(table, id);
    partitions.set(id, items.length);
    const conversation = conversationIn(items);
    if (conversation) conversations.set(id, conversation);
  }
  const owners = await readOwners(table, world);
  const askedBy = new Map(history.asked.map((asked) => [asked.process, asked]));
  const requests = new Map(history.stored.map((stored) => [placeOf(stored), askedBy.get(stored.process)]));
  const reached = firstReached(history);
  return {
    history,
    skewMs: scheduler.faults.skewMs,
    organization: world.setting.organization,
    channels: world.setting.configuration.channels.map(({ id }) => id),
    conversations,
    partitions,
    outrun: findOutrun(history),
    messages: [...conversations.values()].flatMap(({ messages }) => messages),
    owners,
    requestOf: (message) => requests.get(placeOf(message)),
    reached: (message) => reached.get(placeOf(message)),
  };
}

function firstReached({ sent, rules }: History): Map<string, Moment> {
  const moments = new Map<string, Moment>();
  const note = (place: string, moment: Moment | undefined) => {
    const known = moments.get(place);
    if (moment && !(known && known.step <= moment.step)) moments.set(place, moment);
  };
  for (const { request, accepted } of sent) note(placeOf(request.correlation), accepted);
  for (const rule of rules) if (rule.kind === 'finished') note(placeOf(rule), rule.when);
  return moments;
}

function findOutrun({ reserved }: History): Set<string> {
  const outrun = reserved.filter((lost, index) => {
    if (!lost.lost) return false;
    const next = reserved.slice(index + 1).find(({ conversation }) => conversation === lost.conversation);
    return next !== undefined && next.process !== lost.process;
  });
  return new Set(outrun.map(({ conversation }) => conversation));
}

async function readPartition(table: Table, id: string): Promise<Item[]> {
  const items: Item[] = [];
  let start: Item | undefined;
  do {
    const page = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': conversationPk(id) },
        ConsistentRead: true,
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    items.push(...(page.Items ?? []));
    start = page.LastEvaluatedKey;
  } while (start);
  return items;
}

const FAILURE_SUFFIX = failureSk('');

function conversationIn(items: readonly Item[]): StoredConversation | undefined {
  const head = items.find(({ sk }) => sk === HEAD);
  if (!head) return undefined;
  const messages = items.filter(({ sk }) => isMessageSk(String(sk))).map((item) => toMessage(item));
  const told = items.map(({ sk }) => String(sk)).filter((sk) => sk.endsWith(FAILURE_SUFFIX));
  const failures = new Set(told.map((sk) => sk.slice(0, -FAILURE_SUFFIX.length)));
  return { conversation: toConversation(head), messages, failures };
}

interface Named {
  readonly email?: string;
  readonly telephone?: string;
}

/** The identifiers that a request or a reply names. */
export const namedIn = ({ kind, body }: Asked): Named => {
  if (kind === 'reply') return { telephone: (body as { telephone: string }).telephone };
  if (kind !== 'start') return {};
  const { email, telephone } = (body as { contact: { profile: Named } }).contact.profile;
  return { ...(email !== undefined && { email }), ...(telephone !== undefined && { telephone }) };
};

async function readOwners(table: Table, { history, setting }: World): Promise<Map<string, string>> {
  const owners = new Map<string, string>();
  const named = history.asked.map(namedIn);
  const emails = new Set(named.flatMap(({ email }) => email ?? []));
  const telephones = new Set(named.flatMap(({ telephone }) => telephone ?? []));
  const read = async (kind: 'email' | 'telephone', written: string, matchKey: string) => {
    const { key } = identityOf(PEPPER, setting.organization, kind, matchKey);
    const { Item } = await table.client.send(new GetCommand({ TableName: table.name, Key: { ...key } }));
    if (typeof Item?.conversation === 'string') owners.set(written, Item.conversation);
  };
  for (const email of emails) {
    const parsed = parseEmailAddress(email);
    if (parsed.ok) await read('email', email, parsed.matchKey);
  }
  for (const telephone of telephones) {
    const parsed = parseTelephone(telephone);
    if (parsed.ok) await read('telephone', telephone, parsed.matchKey);
  }
  return owners;
}
