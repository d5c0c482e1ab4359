import { reaches } from '../../shared/auth/caller.ts';
import type { EventIds, Notification } from '../../shared/contracts/queue-messages.ts';
import { type Conversation, isWithContact } from '../../shared/domain/conversation.ts';
import { findChannel } from '../../shared/store/channels.ts';
import { getService } from '../../shared/store/configuration.ts';
import { getConversation } from '../../shared/store/conversations.ts';
import { followMoves } from '../../shared/store/messages.ts';
import { getOrganization } from '../../shared/store/organizations.ts';
import { findTemplate } from '../../shared/store/templates.ts';
import { readUser } from '../../shared/store/users.ts';
import { channelView } from '../../shared/views/channel-view.ts';
import { contactView } from '../../shared/views/contact-view.ts';
import { conversationView } from '../../shared/views/conversation-view.ts';
import { messageView } from '../../shared/views/message-view.ts';
import { organizationView } from '../../shared/views/organization-view.ts';
import { serviceView } from '../../shared/views/service-view.ts';
import { userView } from '../../shared/views/user-view.ts';
import { templateView } from '../../shared/views/watemplate-view.ts';
import type { NotifyParts } from './parts.ts';

/** What an event is about, as the API shows it, and whose doing it was. */
export interface Resources {
  readonly data: Readonly<Record<string, unknown>>;
  readonly actor?: { readonly kind: 'user' | 'contact'; readonly id: string };
  /** Ids beside those of the event. */
  readonly links?: EventIds;
}

type Read = (parts: NotifyParts, notification: Notification) => Promise<Resources | undefined>;

const readConversation = async ({ table }: NotifyParts, { ids }: Notification): Promise<Conversation | undefined> => {
  const found = await getConversation(table, ids.conversation ?? '', { consistent: true });
  return found?.deletedAt === undefined ? found : undefined;
};

const viewOf = async (parts: NotifyParts, conversation: Conversation, messages: readonly string[]) =>
  conversationView(
    conversation,
    messages,
    await parts.users.users(Object.keys(conversation.participants)),
    parts.settings.appUrl,
  );

const message: Read = async (parts, notification) => {
  const { conversation: id = '', key = '' } = notification.ids;
  const conversation = await readConversation(parts, notification);
  const found = await followMoves(parts.table, id, key);
  if (!conversation || !found) return undefined;
  const { user, role, id: own } = found;
  return {
    data: {
      conversation: await viewOf(parts, conversation, [own]),
      message: messageView(found, conversation.orgPath),
    },
    ...(user ? { actor: { kind: 'user', id: user } } : contactAsActor(role, conversation)),
    links: { ...(conversation.contact && { contact: conversation.contact }), ...(user && { user }) },
  };
};

const contactAsActor = (role: string, { contact }: Conversation): Pick<Resources, 'actor'> =>
  role === 'contact' && contact !== undefined ? { actor: { kind: 'contact', id: contact } } : {};

const conversation: Read = async (parts, notification) => {
  const found = await readConversation(parts, notification);
  if (!found) return undefined;
  const actor = { kind: 'user', id: found.createdBy } as const;
  return {
    data: { conversation: await viewOf(parts, found, []) },
    ...(notification.event === 'conversation.create' && { actor }),
  };
};

const contact: Read = async (parts, notification) => {
  const found = await readConversation(parts, notification);
  if (!found || !isWithContact(found)) return undefined;
  const { otherContact } = notification.ids;
  return { data: { contact: contactView(found), ...(otherContact && { otherContact: { id: otherContact } }) } };
};

const pathOf = async ({ configuration }: NotifyParts, organization: string): Promise<string> =>
  (await configuration.organization(organization))?.organization.path ?? organization;

const service: Read = async (parts, { organization, ids }) => {
  const found = await getService(parts.table, organization, ids.service ?? '');
  return found && { data: { service: serviceView(found, await pathOf(parts, organization)) } };
};

const watemplate: Read = async (parts, { organization, ids }) => {
  const found = await findTemplate(parts.table, ids.watemplate ?? '');
  return found && { data: { watemplate: templateView(found, await pathOf(parts, organization)) } };
};

const channel: Read = async (parts, { ids }) => {
  const found = await findChannel(parts.table, ids.channel ?? '');
  return found && { data: { channel: channelView(found, await pathOf(parts, found.organization)) } };
};

const organization: Read = async ({ table }, { ids }) => {
  const found = await getOrganization(table, ids.organization ?? '');
  return found && { data: { organization: organizationView(found) } };
};

/** With the memberships that the owner of the webhook may see. */
const user: Read = async (parts, { owner, ids }) => {
  const found = await readUser(parts.table, ids.user ?? '');
  const paths = [await pathOf(parts, owner)];
  return (
    found && {
      data: {
        user: userView(found, { sees: (orgPath) => reaches({ paths }, orgPath), publicUrl: parts.settings.publicUrl }),
      },
    }
  );
};

const READERS: Readonly<Record<string, Read>> = {
  message,
  delivery: message,
  conversation,
  contact,
  service,
  watemplate,
  organization,
  user,
  channel,
};

/** Undefined when what an event is about is not there any more, unless the event says just that. */
export async function readResources(parts: NotifyParts, notification: Notification): Promise<Resources | undefined> {
  const [resource = '', action] = notification.event.split('.');
  const read = READERS[resource];
  if (read && (action !== 'delete' || resource === 'message')) return read(parts, notification);
  return { data: { [resource]: { id: notification.ids[resource as keyof EventIds] } } };
}
