import type { HookParts } from '../../functions/hooks/parts.ts';
import type { WorkerParts } from '../../functions/worker/parts.ts';
import {
  ChannelSchema,
  OrganizationSchema,
  ServiceSchema,
  TemplateSchema,
  UserSchema,
} from '../../shared/contracts/configuration.ts';
import type { Delivery, Tick } from '../../shared/contracts/queue-messages.ts';
import type { DeliveryParts } from '../../shared/delivery/parts.ts';
import type { Conversation } from '../../shared/domain/conversation.ts';
import type { Message } from '../../shared/domain/message.ts';
import type { Touchpoint } from '../../shared/domain/touchpoint.ts';
import type {
  LookupRequest,
  LookupResult,
  Provider,
  SendRequest,
  SendResult,
} from '../../shared/providers/provider.ts';
import { parseSesEvent } from '../../shared/providers/ses/events.ts';
import { createTwilio } from '../../shared/providers/twilio/twilio.ts';
import { createWhatsapp } from '../../shared/providers/whatsapp/whatsapp.ts';
import { createTicker } from '../../shared/queue/ticks.ts';
import { createIdMaker } from '../../shared/runtime/ids.ts';
import {
  createConfigurationReader,
  putChannel,
  putOrganization,
  putService,
} from '../../shared/store/configuration.ts';
import { createConversation, getConversation } from '../../shared/store/conversations.ts';
import { identityOf } from '../../shared/store/identities.ts';
import { appendMessages, getMessage } from '../../shared/store/messages.ts';
import type { Table } from '../../shared/store/table.ts';
import { putTemplate } from '../../shared/store/templates.ts';
import { createUserReader, putUser } from '../../shared/store/users.ts';
import {
  AGENT,
  aConversation,
  aMessage,
  aParticipant,
  createFakeClock,
  createFakeObserver,
  createFakeQueue,
  type FakeClock,
  type FakeObserver,
  type FakeQueue,
  NOW,
  newId,
} from '../support/builders.ts';

export const PEPPER = 'pepper';
export const TELEPHONE = '+31646280994';
export const EMAIL = 'johnjohn@example.com';
/** Of the WhatsApp service, as Meta names it. */
export const PHONE_NUMBER_ID = '106540352242922';
export const PUBLIC_URL = 'https://hooks.example.test';
export const SECRET = {
  authToken: 'twilio-auth-token',
  appSecret: 'meta-app-secret',
  verifyToken: 'meta-verify-token',
  webhookSecret: 'sunshine-webhook-secret',
};
export const SETTINGS = {
  leaseMs: 45_000,
  unknownMs: 120_000,
  providerTimeoutMs: 10_000,
  minRemainingMs: 13_000,
  publicUrl: PUBLIC_URL,
};

/** A provider that answers as it was told, else accepts; it keeps what it was asked. */
export interface ScriptedProvider extends Provider {
  readonly requests: SendRequest[];
  readonly lookups: LookupRequest[];
  /** What the next call comes to. A function runs while the provider has the message. */
  answers(...results: (SendResult | (() => Promise<SendResult>))[]): void;
  finds(...results: LookupResult[]): void;
}

function createScriptedProvider(name: Provider['name'], touchpoint: Touchpoint): ScriptedProvider {
  const requests: SendRequest[] = [];
  const lookups: LookupRequest[] = [];
  const results: (SendResult | (() => Promise<SendResult>))[] = [];
  const found: LookupResult[] = [];
  return {
    name,
    touchpoints: [touchpoint],
    requests,
    lookups,
    answers: (...next) => void results.push(...next),
    finds: (...next) => void found.push(...next),
    async send(request) {
      requests.push(request);
      const result = results.shift() ?? { outcome: 'accepted', providerId: `${name}-${requests.length}` };
      return typeof result === 'function' ? result() : result;
    },
    reachesUserIds: touchpoint === 'whatsapp',
    ...(touchpoint === 'sms' && {
      lookup: async (request: LookupRequest) => {
        lookups.push(request);
        return found.shift() ?? { outcome: 'absent' };
      },
    }),
  };
}

/** An organization of its own on a shared table, with the parts of the functions around it. */
export interface Setting {
  readonly table: Table;
  readonly organization: string;
  readonly services: Readonly<Record<Touchpoint, string>>;
  readonly clock: FakeClock;
  readonly observe: FakeObserver;
  readonly ticks: FakeQueue<Tick>;
  readonly deliveries: Readonly<Record<Touchpoint, FakeQueue<Delivery>>>;
  readonly providers: Readonly<Record<Touchpoint, ScriptedProvider>>;
  readonly worker: WorkerParts;
  readonly hooks: HookParts;
  delivery(touchpoint: Touchpoint): DeliveryParts;
  /** Stores a conversation, found by its telephone, with messages numbered in their order. */
  given(conversation: Partial<Conversation>, ...messages: Partial<Message>[]): Promise<Given>;
  /** Stores one more message. */
  put(message: Message): Promise<void>;
  conversation(id: string): Promise<Conversation>;
  message(place: { conversation: string; key: string }): Promise<Message>;
  /** Ticks since the last look: sort key and delay. */
  takeTicks(): [key: string, delaySeconds: number][];
}

export interface Given {
  readonly conversation: Conversation;
  readonly messages: readonly [Message, ...Message[]];
}

const CHANNELS = ['front-desk', 'workshop'];

export async function createSetting(table: Table, organizationSettings: object = {}): Promise<Setting> {
  const organization = newId();
  const services = { email: newId(), sms: newId(), whatsapp: newId() };
  const service = (id: string, type: string, params: object) =>
    putService(table, ServiceSchema.parse({ id, organization, type, params: { secret: 'secret', ...params } }));
  await Promise.all([
    putOrganization(
      table,
      OrganizationSchema.parse({ id: organization, name: 'Garage', country: 'NL', settings: organizationSettings }),
    ),
    service(services.email, 'ses', { from: 'garage@example.com' }),
    service(services.sms, 'twilio', { accountSid: 'AC1', from: '+15550001111' }),
    service(services.whatsapp, 'whatsapp', { phoneNumberId: PHONE_NUMBER_ID }),
    ...CHANNELS.map((id) => putChannel(table, ChannelSchema.parse({ id, organization }))),
    putTemplate(
      table,
      TemplateSchema.parse({
        organization,
        name: 'car_ready',
        language: 'nl',
        status: 'APPROVED',
        text: 'Klaar, {{1}}!',
      }),
    ),
    putUser(table, UserSchema.parse({ id: AGENT, organizations: [{ organization, role: 'agent' }] })),
  ]);

  const clock = createFakeClock();
  const observe = createFakeObserver();
  const ticks = createFakeQueue<Tick>();
  const deliveries = {
    email: createFakeQueue<Delivery>(),
    sms: createFakeQueue<Delivery>(),
    whatsapp: createFakeQueue<Delivery>(),
  };
  const providers = {
    email: createScriptedProvider('ses', 'email'),
    sms: createScriptedProvider('twilio', 'sms'),
    whatsapp: createScriptedProvider('whatsapp', 'whatsapp'),
  };
  const ids = createIdMaker();
  const common = {
    table,
    clock,
    observe,
    configuration: createConfigurationReader(table, clock),
    users: createUserReader(table, clock),
    ticker: createTicker(ticks, clock),
    secrets: { text: async () => PEPPER, fields: async () => SECRET },
    pepper: async () => PEPPER,
    random: () => 0,
    ids,
  };

  return {
    table,
    organization,
    services,
    clock,
    observe,
    ticks,
    deliveries,
    providers,
    worker: {
      ...common,
      deliveries,
      unknownMs: SETTINGS.unknownMs,
      pairMs: 6_000,
    },
    hooks: {
      ...common,
      providers: { ses: { parseEvent: parseSesEvent }, twilio: createTwilio(), whatsapp: createWhatsapp() },
      publicUrl: PUBLIC_URL,
    },
    delivery: (touchpoint) => ({
      ...common,
      touchpoint,
      providers: { [providers[touchpoint].name]: providers[touchpoint] },
      pace: { ask: async () => ({ go: true }) },
      newToken: newId,
      settings: SETTINGS,
    }),
    async given(overrides, ...messages) {
      const [first, ...others] = messages.length > 0 ? messages : [{}];
      const conversation = aConversation({
        organization,
        orgPath: organization,
        participants: { [AGENT]: aParticipant() },
        profile: { telephone: TELEPHONE, email: EMAIL },
        seq: messages.length,
        ...overrides,
      });
      const place = (message: Partial<Message> | undefined, index: number): Message =>
        aMessage({ conversation: conversation.id, organization, seq: index + 1, ...message });
      const stored: [Message, ...Message[]] = [
        place(first, 0),
        ...others.map((message, index) => place(message, index + 1)),
      ];
      const { telephone } = conversation.profile;
      const identities = telephone === undefined ? [] : [identityOf(PEPPER, organization, 'telephone', telephone)];
      const outcome = await createConversation(table, { conversation, identities, messages: stored });
      if (!outcome.created) throw new Error('The conversation of this test was not stored.');
      return { conversation, messages: stored };
    },
    put: (message) => appendMessages(table, [message]),
    async conversation(id) {
      const found = await getConversation(table, id, { consistent: true });
      if (!found) throw new Error(`There is no conversation ${id}.`);
      return found;
    },
    async message({ conversation, key }) {
      const found = await getMessage(table, conversation, key);
      if (!found) throw new Error(`There is no message ${key}.`);
      return found;
    },
    takeTicks() {
      const taken = ticks.sent.map(({ body, delaySeconds }): [string, number] => [body.key, delaySeconds ?? 0]);
      ticks.clear();
      return taken;
    },
  };
}

/** The tick, or the address of a delivery, of a message. */
export const addressOf = ({ conversation, key, organization }: Message): Tick => ({ conversation, key, organization });
export const deliveryOf = (message: Message, overrides: Partial<Delivery> = {}): Delivery => ({
  ...addressOf(message),
  attempt: message.attempt,
  ...overrides,
});

/** Seconds after `NOW`, for due times. */
export const inSeconds = (seconds: number): number => NOW + seconds * 1000;
