import type { Ingress } from '../../shared/contracts/ingress.ts';
import type { Invocation, Received } from '../../shared/queue/consume.ts';
import { continueImport } from './continue-import.ts';
import type { IngestParts } from './parts.ts';
import { startFromEvent } from './start-from-event.ts';

/** Does what a message of queue `ingress` asks for. Throws what should bring it again. */
export const takeMessage = (
  parts: IngestParts,
  message: Ingress,
  { remainingMs, messageId, times }: Invocation & Received,
): Promise<void> =>
  'import' in message
    ? continueImport(parts, message.import, { remainingMs, times })
    : startFromEvent(parts, { detail: message.start, id: message.eventId ?? messageId });
