import { concerns } from '../domain/concern.ts';
import { timeZoneOf } from '../domain/contact-zone.ts';
import { type FrequencyCap, roomAt, windowMsOf } from '../domain/frequency-cap.ts';
import { type Message, SENDABLE_MS } from '../domain/message.ts';
import { quietUntil } from '../domain/quiet-hours.ts';
import type { SendOutcome } from '../store/deliveries.ts';
import { listBetween } from '../store/message-lists.ts';
import type { Table } from '../store/table.ts';
import type { Cleared } from './gate.ts';
import { refuse } from './refuse.ts';

/** A message that may leave, but not now. */
export type Hold =
  | Extract<SendOutcome, { state: 'failed' }>
  | (Extract<SendOutcome, { state: 'pending' }> & { readonly notBefore: number });

type Held = Pick<Cleared, 'message' | 'conversation' | 'configuration' | 'now'>;

/**
 * The last part of the gate: what the organization wants to spare its contacts, at this hour or so often. Undefined:
 * nothing holds the message. It costs nothing where nothing is configured for the message, and a consistent read of the
 * conversation's messages under a frequency cap. One that would expire while it waits fails.
 */
export const findHold = async (table: Table, held: Held): Promise<Hold | undefined> =>
  quietHold(held) ?? (await frequencyHold(table, held));

function quietHold({ message, conversation, configuration, now }: Held): Hold | undefined {
  const { quietHours } = configuration.organization.settings;
  if (!quietHours || !concerns(quietHours, message)) return undefined;
  const { start, end, timeZone } = quietHours;
  const until = quietUntil(quietHours, timeZoneOf(conversation.profile) ?? timeZone, now);
  const reason = { code: 'quiet_hours', message: `The contact gets no such message from ${start} to ${end}.` };
  return until === undefined ? undefined : holdUntil(message, until, reason);
}

async function frequencyHold(
  table: Table,
  { message, conversation, configuration, now }: Held,
): Promise<Hold | undefined> {
  const { frequencyCaps = [] } = configuration.organization.settings;
  const caps = frequencyCaps.filter((cap) => concerns(cap, message));
  if (caps.length === 0) return undefined;
  const sent = await sentBefore(table, conversation.id, now - Math.max(...caps.map(windowMsOf)), now);
  const others = sent.filter(({ id }) => id !== message.id);
  const [last] = caps.map((cap) => ({ cap, at: roomAt(cap, others, now) })).sort((one, other) => other.at - one.at);
  return last && last.at > now ? holdUntil(message, last.at, reasonOf(last.cap)) : undefined;
}

/** A message is sent a day after it was due at most, or found out to have been within another one. */
const sentBefore = (table: Table, conversation: string, from: number, to: number): Promise<Message[]> =>
  listBetween(table, conversation, { from: from - 2 * SENDABLE_MS, to });

const reasonOf = ({ messages, perHours }: FrequencyCap) => ({
  code: 'frequency_capped',
  message: `The contact gets no more than ${messages} such messages in ${perHours} hours.`,
});

function holdUntil(
  { attempt, expiresAt }: Message,
  notBefore: number,
  reason: { code: string; message: string },
): Hold {
  return notBefore < expiresAt
    ? { state: 'pending', attempt, notBefore, error: { class: 'throttled', ...reason } }
    : refuse(reason.code, `${reason.message} It would have expired before.`);
}
