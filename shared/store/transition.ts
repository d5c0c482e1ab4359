import type { Message } from '../domain/message.ts';
import type { Changes, Condition } from './expression.ts';
import { messageKey } from './keys.ts';
import { toMessage } from './message-item.ts';
import { type Table, updateItem } from './table.ts';

/** Where a message stands: conversation and sort key. */
export interface Place {
  readonly conversation: string;
  readonly key: string;
}

/** The message after a change of state; or, when it was not in a state to change from, as it was found. */
export type Transition =
  | { readonly changed: true; readonly message: Message }
  | { readonly changed: false; readonly message: Message | undefined };

/** A change of a message's state, where the conditions hold. */
export async function transition(
  table: Table,
  place: Place,
  changes: Changes,
  ...conditions: readonly Condition[]
): Promise<Transition> {
  const outcome = await updateItem(table, messageKey(place.conversation, place.key), changes, ...conditions);
  return outcome.done
    ? { changed: true, message: toMessage(outcome.item) }
    : { changed: false, message: outcome.old && toMessage(outcome.old) };
}
