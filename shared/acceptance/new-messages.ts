import type { AcceptedDraft } from '../domain/acceptance.ts';
import { type Message, SENDABLE_MS } from '../domain/message.ts';
import { isSetNow } from '../domain/set-command.ts';
import type { IdMaker } from '../runtime/ids.ts';
import { messageSk } from '../store/keys.ts';

export interface MessageSetting {
  readonly conversation: string;
  readonly organization: string;
  /** Default sender. */
  readonly user: string;
  /** Time of acceptance, epoch milliseconds; delays count from it. */
  readonly acceptedAt: number;
  readonly firstSeq: number;
}

/** Accepted drafts as messages in their places, with ids in array order. */
export function newMessages(drafts: readonly AcceptedDraft[], setting: MessageSetting, ids: IdMaker): Message[] {
  return drafts.map((draft, index): Message => {
    const due = setting.acceptedAt + (draft.delay ?? 0);
    const seq = setting.firstSeq + index;
    return {
      ...draft,
      id: ids.next(setting.acceptedAt),
      conversation: setting.conversation,
      organization: setting.organization,
      key: messageSk(due, seq),
      due,
      seq,
      ...((draft.role !== 'contact' || draft.type === 'command') && { user: draft.user ?? setting.user }),
      ...(isSetNow(draft) && { applied: true }),
      createdAt: setting.acceptedAt,
      updatedAt: setting.acceptedAt,
      state: 'pending',
      attempt: 0,
      expiresAt: due + SENDABLE_MS,
    };
  });
}
