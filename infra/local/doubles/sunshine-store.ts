import { randomBytes } from 'node:crypto';

export interface SunshineClient {
  readonly id: string;
  readonly type: 'twilio' | 'whatsapp';
  readonly integrationId: string;
  readonly externalId: string;
  status: 'pending' | 'active' | 'blocked';
}

export interface SunshineUser {
  readonly id: string;
  readonly externalId: string;
  clients: SunshineClient[];
}

export interface SunshineMessage {
  readonly id: string;
  readonly received: string;
  readonly author: object;
  readonly content: object;
  readonly metadata?: unknown;
}

export interface SunshineConversation {
  readonly id: string;
  readonly user: SunshineUser;
  readonly messages: SunshineMessage[];
  metadata: unknown;
}

export type SunshineStore = ReturnType<typeof createSunshineStore>;

export const newSunshineId = (): string => randomBytes(12).toString('hex');

/** The users of one app, with their channels and conversations. */
export function createSunshineStore() {
  const users = new Map<string, SunshineUser>();
  const conversations = new Map<string, SunshineConversation>();

  return {
    user: (externalId: string) => users.get(externalId),
    addUser(externalId: string): SunshineUser {
      const user = { id: newSunshineId(), externalId, clients: [] };
      users.set(externalId, user);
      return user;
    },
    /** Whoever was last linked to this number on the channel of an integration. */
    byNumber: (integrationId: string, number: string) =>
      [...users.values()].findLast(({ clients }) =>
        clients.some((client) => client.integrationId === integrationId && client.externalId === number),
      ),
    conversation: (id: string) => conversations.get(id),
    conversationsOf: (user: SunshineUser) => [...conversations.values()].filter((found) => found.user === user),
    addConversation(user: SunshineUser, metadata: unknown): SunshineConversation {
      const conversation = { id: newSunshineId(), user, messages: [], metadata };
      conversations.set(conversation.id, conversation);
      return conversation;
    },
  };
}
