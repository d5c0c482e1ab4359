import { isDeepStrictEqual } from 'node:util';
import type { Caller } from '../../../shared/auth/caller.ts';
import { invalid } from '../../../shared/domain/errors.ts';
import { type Meta, steering } from '../../../shared/domain/message-meta.ts';
import { untilWritten } from '../../../shared/store/contention.ts';
import { replaceMeta } from '../../../shared/store/messages.ts';
import type { ApiParts } from '../parts.ts';
import { type Found, readMessage } from './read-message.ts';

/**
 * Replaces the meta of a message, sent or not, but for what steers how it is sent and carried out. Throws 400 for another
 * value of that, and 404.
 */
export async function changeMeta(parts: ApiParts, caller: Caller, id: string, given: Meta): Promise<Found> {
  return untilWritten(
    async () => {
      const { message, orgPath } = await readMessage(parts, caller, id);
      const kept = steering(message.meta ?? {});
      const changed = Object.entries(steering(given)).find(([key, value]) => !isDeepStrictEqual(value, kept[key]));
      if (changed) throw invalid(`meta.${changed[0]}`, 'cannot be changed: the message was accepted with it');
      const written = await replaceMeta(parts.table, message, { ...given, ...kept }, parts.clock.now());
      return written && { message: written, orgPath };
    },
    parts.clock,
    parts.random,
    () => parts.observe.count('WriteContended'),
  );
}
