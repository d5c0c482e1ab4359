import type { Service } from '../contracts/configuration.ts';
import { judge } from '../domain/evidence.ts';
import { isTerminal, type Message } from '../domain/message.ts';
import type { DeliveryEvent } from '../providers/provider.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Observer } from '../runtime/observe.ts';
import { untilWritten } from '../store/contention.ts';
import { applyEvidence } from '../store/deliveries.ts';
import { getMessage } from '../store/messages.ts';
import type { Table } from '../store/table.ts';

interface ReportParts {
  readonly table: Table;
  readonly clock: Clock;
  readonly random: () => number;
  readonly observe: Observer;
}

/** A report with the message that it is about. */
export type CorrelatedReport = DeliveryEvent & Required<Pick<DeliveryEvent, 'correlation'>>;

export interface Applied {
  /** The message is finished, so the next one may go. */
  readonly wake: boolean;
  /** Absent: there is no such message of the service's organization. */
  readonly message?: Message;
}

/** Writes what a provider reports of an attempt into its message. Throws StillContendedError. */
export const applyReport = (parts: ReportParts, service: Service, report: CorrelatedReport): Promise<Applied> =>
  untilWritten(
    () => applyOnce(parts, service, report),
    parts.clock,
    parts.random,
    () => parts.observe.count('WriteContended'),
  );

/** The message, if it is this service's organization's. Undefined: it changed between reading and writing. */
async function applyOnce(
  { table, clock, observe }: ReportParts,
  service: Service,
  event: CorrelatedReport,
): Promise<Applied | undefined> {
  const { correlation, status, providerId } = event;
  const message = await getMessage(table, correlation.conversation, correlation.key);
  if (!message || message.id !== correlation.message || message.organization !== service.organization) {
    return { wake: false };
  }
  const now = clock.now();
  const judgement = judge(message, {
    attempt: correlation.attempt,
    status,
    at: event.at ?? now,
    ...(event.error && { error: errorOf(event.error) }),
  });
  // A repeated report wakes again: the first may have been cut off after its write.
  if (!judgement) return { wake: isTerminal(message.state), message };
  const outcome = await applyEvidence(table, message, now, {
    ...judgement,
    providerId,
    carrier: { service: service.id, provider: service.type },
  });
  if (!outcome.changed) return undefined;
  observe.count('ReceiptReceived', 1, message.touchpoint);
  if (judgement.state)
    observe.count(judgement.state === 'sent' ? 'MessageSent' : 'MessageFailed', 1, message.touchpoint);
  return { wake: judgement.state !== undefined, message: outcome.message };
}

const errorOf = ({
  code,
  message,
  class: failureClass,
}: NonNullable<DeliveryEvent['error']>): NonNullable<Message['error']> => ({
  code,
  message,
  class: failureClass,
});
