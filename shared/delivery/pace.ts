import type { Conversation } from '../domain/conversation.ts';
import { type PaceAnswer, pairFreeAt } from '../domain/pace.ts';
import type { Clock } from '../runtime/clock.ts';
import { untilWritten } from '../store/contention.ts';
import { takePair } from '../store/pace.ts';
import type { Table } from '../store/table.ts';
import { createSenderPace, type Sender } from './sender-pace.ts';

/** A message that is about to leave: by whom, and to the contact of which conversation. */
export interface Leaving extends Sender {
  readonly conversation: Pick<Conversation, 'id' | 'whatsappAt'>;
}

export interface Pace {
  ask(leaving: Leaving): Promise<PaceAnswer>;
}

/**
 * Keeps to what the provider takes from one sender in a second, and, by WhatsApp, from one sender to one person in
 * `pairMs`, over all environments. A yes holds for one message that leaves now.
 */
export function createPace(parts: { table: Table; clock: Clock; random: () => number; pairMs: number }): Pace {
  const { table, clock, random, pairMs } = parts;
  const senders = createSenderPace(table, clock, random);

  async function askPair({ conversation }: Leaving): Promise<PaceAnswer> {
    const pair = await untilWritten(
      () => takePair(table, conversation.id, { now: clock.now(), pairMs }),
      clock,
      random,
      () => {},
    );
    return pair.taken ? { go: true } : { go: false, at: (pair.lastAt ?? clock.now()) + pairMs };
  }

  return {
    async ask(leaving) {
      const at = pairFreeAt(leaving.touchpoint, leaving.conversation, pairMs);
      if (at > clock.now()) return { go: false, at };
      const answer = await senders.ask(leaving);
      return answer.go && leaving.touchpoint === 'whatsapp' ? askPair(leaving) : answer;
    },
  };
}
