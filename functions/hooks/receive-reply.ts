import type { Service } from '../../shared/contracts/configuration.ts';
import type { Conversation } from '../../shared/domain/conversation.ts';
import { createAlias, createSlug } from '../../shared/domain/conversation-name.ts';
import type { Identifier } from '../../shared/domain/identifier.ts';
import type { Message } from '../../shared/domain/message.ts';
import { applyRule } from '../../shared/domain/rules.ts';
import { windowAfter } from '../../shared/domain/whatsapp-window.ts';
import type { InboundEvent } from '../../shared/providers/provider.ts';
import { successor } from '../../shared/runtime/ids.ts';
import type { OrganizationConfiguration } from '../../shared/store/configuration.ts';
import { untilWritten } from '../../shared/store/contention.ts';
import { createConversation, getConversation } from '../../shared/store/conversations.ts';
import { digest } from '../../shared/store/digest.ts';
import { absent, type Changes } from '../../shared/store/expression.ts';
import { findOwners, type Identity } from '../../shared/store/identities.ts';
import { inboundGuardKey, messageSk } from '../../shared/store/keys.ts';
import { findRuleContext } from '../../shared/store/rule-context.ts';
import { storeInbound } from '../../shared/store/rule-writes.ts';
import { putAction } from '../../shared/store/table.ts';
import { applyConsent, untilStopped } from './consent.ts';
import { answeredBy, identifyWriter, type Reply } from './identify-writer.ts';
import type { HookParts } from './parts.ts';

/** A reply with whom it is from. */
interface Heard {
  readonly service: Service;
  readonly event: Reply;
  /** Of the sender: the first that somebody has decides whose message it is. */
  readonly identities: readonly Identity[];
  readonly sender: Identifier;
  /** Names the provider's message in its guard. */
  readonly guard: string;
  readonly configuration: OrganizationConfiguration;
}

/**
 * A contact wrote: their message goes into their one conversation, finished, so that it never waits behind a send. An
 * unknown sender becomes a contact with a queued conversation. A word that ends or renews consent takes effect before
 * the message is stored. Repeated callbacks store nothing twice.
 */
export async function receiveReply(parts: HookParts, service: Service, event: Reply): Promise<void> {
  const { touchpoint } = event;
  const writer = await identifyWriter(parts, service, event);
  const configuration = await parts.configuration.organization(service.organization);
  if (!writer || !configuration || !receives(service, event)) {
    parts.observe.warn('A reply came from no address, or for another sender.', { service: service.id });
    return;
  }
  const { sender, identities, speaksFor } = writer;
  const guard = guardNameOf(event, await parts.pepper());
  const heard: Heard = { service, event, identities, sender, guard, configuration };
  const words = configuration.organization.settings;
  let change: Awaited<ReturnType<typeof applyConsent>>;
  for (const { address } of speaksFor) {
    const reach = { organization: service.organization, touchpoint, matchKey: address.matchKey };
    change = await applyConsent(parts, reach, { event, words });
  }

  await untilWritten(
    () => storeOnce(parts, heard),
    parts.clock,
    parts.random,
    () => parts.observe.count('WriteContended'),
  );
  parts.observe.count('ReplyReceived', 1, touchpoint);
  if (change !== 'stop') return;
  for (const { identity } of speaksFor) await untilStopped(parts, identity);
}

/** A Message-ID is of any length and may name a person's machine, so the key has its HMAC. */
const guardNameOf = ({ touchpoint, providerId }: Reply, pepper: string): string =>
  touchpoint === 'email' ? digest(pepper, `mail:${providerId}`) : providerId;

/** Meta sends what all numbers of an app receive to one address: only those of the service's own number are its own. */
const receives = ({ type, params }: Service, { to }: InboundEvent): boolean =>
  type !== 'whatsapp' || params.phoneNumberId === to;

/** When the contact wrote, where the provider says, but not in our future. */
const heardAt = ({ event }: Heard, now: number): number => Math.min(now, event.at ?? now);

/** Undefined: somebody else wrote between reading and writing. */
async function storeOnce(parts: HookParts, heard: Heard): Promise<true | undefined> {
  const answered = await answeredBy(parts, heard.service, heard.event);
  if (answered) return listen(parts, heard, answered, []);
  const owners = await findOwners(parts.table, heard.identities);
  const owner = heard.identities.map(({ kind }) => owners.get(kind)).find((id) => id !== undefined);
  if (owner === undefined) return welcome(parts, heard);
  const conversation = await getConversation(parts.table, owner, { consistent: true });
  if (!conversation || conversation.deletedAt !== undefined) return undefined;
  return listen(
    parts,
    heard,
    conversation,
    heard.identities.filter(({ kind }) => !owners.has(kind)),
  );
}

/** `free` are identities of the sender that nobody has yet: from now on they are this contact's. */
async function listen(
  parts: HookParts,
  heard: Heard,
  conversation: Conversation,
  free: readonly Identity[],
): Promise<true | undefined> {
  const { service } = heard;
  const { touchpoint } = heard.event;
  const now = Math.max(parts.clock.now(), conversation.lastAt);
  const message = inboundMessage(parts, heard, conversation.id, now, conversation.seq + 1);
  const outcome = await storeInbound(parts.table, {
    conversation,
    message,
    next: applyRule(conversation, message, await findRuleContext(parts, { conversation, message, now })),
    changes: {
      touchpoint,
      ...addressesOf(heard, conversation, free),
      [`services.${touchpoint}`]: conversation.services[touchpoint] ?? [service.id],
      ...(touchpoint === 'whatsapp' && answeringBy(conversation, { service: service.id, at: heardAt(heard, now) })),
    },
    guard: { ...inboundGuardKey(conversation.id, service.type, heard.guard), message: message.id },
    identities: free,
    now,
  });
  return outcome === 'outdated' ? undefined : true;
}

/** What is learnt of the contact's addresses: Meta's newest id of them, and a number where there was none. */
const addressesOf = (
  { event, sender }: Heard,
  { profile }: Conversation,
  free: readonly Identity[],
): Changes['set'] => ({
  ...(free.some(({ kind }) => kind === 'whatsappId') && { 'profile.whatsappId': event.userId ?? event.from }),
  ...(sender.kind === 'telephone' &&
    profile.telephone === undefined &&
    free.some(({ kind }) => kind === 'telephone') && { 'profile.telephone': sender.address }),
});

/** What was written to one of our WhatsApp numbers is answered from that number: only there is the window open. */
function answeringBy(conversation: Conversation, message: { service: string; at: number }): Changes['set'] {
  const window = windowAfter(conversation, message);
  return { ...window, 'services.whatsapp': [window.windowBy] };
}

/** A person who writes first. */
async function welcome(parts: HookParts, heard: Heard): Promise<true | undefined> {
  const { service, event, sender } = heard;
  const { touchpoint } = event;
  const { organization } = heard.configuration;
  const now = parts.clock.now();
  const id = parts.ids.nextPair(now);
  const message = inboundMessage(parts, heard, id, now, 1);
  const empty: Conversation = {
    id,
    organization: organization.id,
    orgPath: organization.path,
    name: event.profileName ?? createAlias(parts.random),
    slug: createSlug(parts.random),
    status: 'closed',
    contact: successor(id),
    profile: {
      [sender.kind]: sender.address,
      ...(event.userId !== undefined && { whatsappId: event.userId }),
      ...(event.profileName !== undefined && { name: event.profileName }),
    },
    participants: {},
    channels: [],
    channelsOffline: [],
    touchpoint,
    services: { [touchpoint]: [service.id] },
    createdBy: service.id,
    createdAt: now,
    updatedAt: now,
    seq: 1,
    lastAt: now,
    version: 0,
    ...(touchpoint === 'whatsapp' && windowAfter({}, { service: service.id, at: heardAt(heard, now) })),
  };
  const context = await findRuleContext(parts, { conversation: empty, message, now });
  const conversation = { ...empty, ...applyRule(empty, message, context) };
  const guard = { ...inboundGuardKey(id, service.type, heard.guard), message: message.id };
  const outcome = await createConversation(parts.table, {
    conversation,
    identities: heard.identities,
    messages: [message],
    also: [putAction(parts.table, guard, absent('pk'))],
  });
  return outcome.created ? true : undefined;
}

const inboundMessage = (parts: HookParts, heard: Heard, conversation: string, now: number, seq: number): Message => ({
  id: parts.ids.next(now),
  conversation,
  organization: heard.service.organization,
  key: messageSk(now, seq),
  due: now,
  seq,
  type: 'chat',
  role: 'contact',
  touchpoint: heard.event.touchpoint,
  text: heard.event.text,
  ...metaOf(heard.event),
  ...(heard.event.subject !== undefined && { subject: heard.event.subject }),
  createdAt: now,
  updatedAt: now,
  state: 'done',
  attempt: 0,
  expiresAt: now,
  inbound: true,
  service: heard.service.id,
  provider: heard.service.type,
  providerId: heard.event.providerId,
});

const metaOf = ({ meta, media }: Reply): Pick<Message, 'meta'> =>
  meta || media.length > 0 ? { meta: { ...meta, ...(media.length > 0 && { media: [...media] }) } } : {};
