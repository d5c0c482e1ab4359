import type { ConversationStatus } from './conversation.ts';

type Step = Readonly<Record<ConversationStatus, ConversationStatus>>;

/** The status after what happens to a conversation, by the status before (contract section 2). */
export const LIFECYCLE = {
  /** An agent took responsibility: `/accept`, or a message to the contact. */
  accepted: { queued: 'active', active: 'active', closed: 'active' },
  /** The last one who answered left. */
  abandoned: { queued: 'queued', active: 'closed', closed: 'closed' },
  /** The contact wrote. */
  heard: { queued: 'queued', active: 'active', closed: 'queued' },
  /** `/notify`: somebody is wanted. */
  notified: { queued: 'queued', active: 'active', closed: 'queued' },
  /** One of a team wrote to the others. */
  spoken: { queued: 'active', active: 'active', closed: 'active' },
  /** Everybody is sent away. */
  ended: { queued: 'closed', active: 'closed', closed: 'closed' },
} as const satisfies Readonly<Record<string, Step>>;
