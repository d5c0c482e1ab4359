import { randomBytes } from 'node:crypto';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { createHealth, type Health } from '../../functions/publisher/health.ts';
import { notify } from '../../functions/publisher/notify.ts';
import type { NotifyParts } from '../../functions/publisher/parts.ts';
import { publish } from '../../functions/publisher/publish.ts';
import { createTokenService } from '../../shared/auth/tokens.ts';
import type { BusEvent, RetoldEvent } from '../../shared/contracts/bus-event.ts';
import { OrganizationSchema, UserSchema, type Webhook } from '../../shared/contracts/configuration.ts';
import type { Notification, Tick } from '../../shared/contracts/queue-messages.ts';
import type { Conversation } from '../../shared/domain/conversation.ts';
import type { Message } from '../../shared/domain/message.ts';
import type { QueueSender } from '../../shared/queue/send.ts';
import { createTicker } from '../../shared/queue/ticks.ts';
import { createIdMaker } from '../../shared/runtime/ids.ts';
import { createConfigurationReader, putOrganization } from '../../shared/store/configuration.ts';
import { toConversationItem } from '../../shared/store/conversation-item.ts';
import { createConversation } from '../../shared/store/conversations.ts';
import { serviceKey } from '../../shared/store/keys.ts';
import { toMessageItems } from '../../shared/store/message-item.ts';
import { createItemReader, type Item, putItem, type Table } from '../../shared/store/table.ts';
import { createUserReader, putUser } from '../../shared/store/users.ts';
import { createRequester } from '../../shared/webhooks/requester.ts';
import { sealSecrets } from '../../shared/webhooks/secrets.ts';
import {
  aConversation,
  aMessage,
  createFakeClock,
  createFakeObserver,
  createFakeQueue,
  newId,
} from '../support/builders.ts';

export const PEPPER = 'pepper';
export const SECRET = 'shared-with-the-receiver';
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const unique = (): string => randomBytes(12).toString('hex');

/** A record of the stream, as Lambda gets it. */
export const record = (before: Item | undefined, after: Item | undefined, eventID = newId()): DynamoDBRecord => {
  const image = (item: Item) => marshall(item, { removeUndefinedValues: true }) as never;
  return {
    eventID,
    dynamodb: {
      ApproximateCreationDateTime: 1,
      ...(before && { OldImage: image(before) }),
      ...(after && { NewImage: image(after) }),
    },
  };
};

/** An organization below a root, each with webhooks of its own, and the publisher's parts around them. */
export async function createSetting(table: Table, { rememberMs = 0 } = {}) {
  const root = unique();
  const organization = unique();
  const orgPath = `${root}#${organization}`;
  const agent = unique();
  const clock = createFakeClock();
  const observe = createFakeObserver();
  const notifications = createFakeQueue<Notification>();
  /** What the bus was told, and what it refuses of the next call. */
  const told: BusEvent[] = [];
  let refuses = (_event: BusEvent): boolean => false;
  const ticks = createFakeQueue<Tick>();
  const settings = {
    timeoutMs: 1_000,
    minRemainingMs: 22_000,
    firstMs: 5_000,
    longestMs: HOUR,
    giveUpMs: DAY,
    failingMs: 5 * DAY,
    hopSeconds: 900,
    publicUrl: 'https://api.example.test',
    appUrl: 'https://app.example.test',
  };
  await Promise.all([
    putOrganization(table, OrganizationSchema.parse({ id: root, name: 'Root', path: root })),
    putOrganization(table, OrganizationSchema.parse({ id: organization, name: 'Shop', path: orgPath })),
    putUser(
      table,
      UserSchema.parse({ id: agent, name: 'Ada', organizations: [{ organization, orgPath, role: 'bot' }] }),
    ),
  ]);
  const tokens = createTokenService(async () => 'key', clock);
  const parts: NotifyParts = {
    table,
    read: createItemReader(table),
    // Unless told otherwise nothing is remembered: what a test changes holds at once.
    configuration: createConfigurationReader(table, clock, rememberMs),
    users: createUserReader(table, clock),
    tokens,
    pepper: async () => PEPPER,
    ticker: createTicker(ticks, clock),
    notifications: notifications as QueueSender<Notification | RetoldEvent>,
    bus: {
      put: async (events) => {
        const refused = events.filter(refuses);
        told.push(...events.filter((event) => !refused.includes(event)));
        refuses = () => false;
        return refused;
      },
    },
    requester: createRequester({ loopback: true }),
    clock,
    ids: createIdMaker(),
    random: () => 1,
    observe,
    settings,
  };
  const health: Health = createHealth(parts, settings);

  return {
    root,
    organization,
    orgPath,
    agent,
    clock,
    observe,
    notifications,
    told,
    refuseNext: (which: (event: BusEvent) => boolean = () => true) => {
      refuses = which;
    },
    ticks,
    parts,
    tokenOf: async (user = agent, scope: 'guest' | 'agent' | 'bot' = 'bot') =>
      (await tokens.issue('access_token', { user, organization, scope }, 3600)).token,
    async givenWebhook(overrides: Partial<Webhook> = {}, authorization?: string): Promise<Webhook> {
      const id = unique();
      const owner = overrides.organization ?? organization;
      const webhook: Webhook = {
        id,
        organization: owner,
        name: 'Hook',
        type: 'webhook',
        status: 'active',
        url: 'https://hooks.example.test/',
        sealed: sealSecrets(
          PEPPER,
          { organization: owner, id },
          { secret: SECRET, ...(authorization && { authorization }) },
        ),
        createdAt: clock.now(),
        updatedAt: clock.now(),
        ...overrides,
      };
      await putItem(table, { ...serviceKey(owner, id), ...webhook });
      return webhook;
    },
    /** A conversation with one message, stored. */
    async given(of: Partial<Conversation> = {}, message: Partial<Message> = {}) {
      const conversation = aConversation({ organization, orgPath, createdBy: agent, participants: {}, ...of });
      const own = aMessage({ organization, conversation: conversation.id, user: agent, ...message });
      await createConversation(table, { conversation, identities: [], messages: [own] });
      return { conversation, message: own };
    },
    conversationItem: (conversation: Conversation): Item => toConversationItem(conversation, []),
    messageItem: (message: Message): Item => toMessageItems(message).item,
    publish: (...records: DynamoDBRecord[]) => publish(parts, records),
    notify: (notification: Notification, remainingMs = 30_000) =>
      notify(parts, health, notification, { remainingMs: () => remainingMs }),
  };
}
export type Setting = Awaited<ReturnType<typeof createSetting>>;
