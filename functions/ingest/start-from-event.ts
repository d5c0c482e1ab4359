import type { Once } from '../../shared/acceptance/once.ts';
import { refusalOf } from '../../shared/acceptance/refusal.ts';
import { startConversation } from '../../shared/acceptance/start-conversation.ts';
import { StartRequestedSchema } from '../../shared/contracts/ingress.ts';
import type { RequestError } from '../../shared/domain/errors.ts';
import { parseRequest } from '../../shared/http/errors.ts';
import { TryLaterError } from '../../shared/queue/consume.ts';
import { fingerprintOf, recordKeyOf } from '../../shared/store/idempotency.ts';
import { actingUser } from './acting-user.ts';
import type { IngestParts } from './parts.ts';

/** Longer than an event waits anywhere: a day at the rule, four on the queue, fourteen in the DLQ. */
const KEPT_SECONDS = 20 * 86_400;

export interface RequestedStart {
  readonly detail: unknown;
  /** Names the event where its detail does not. */
  readonly id: string;
}

/**
 * Starts what an event asks for, once however often the event comes. What its sender must mend is told on the bus, and
 * the event is done. Throws our own faults, and TryLaterError where too many come at once, so that the queue repeats it.
 */
export async function startFromEvent(parts: IngestParts, requested: RequestedStart): Promise<void> {
  try {
    await start(parts, requested);
  } catch (error) {
    const refusal = refusalOf(error);
    if (!refusal) throw error;
    if (refusal.status >= 500) throw new TryLaterError('Too many requests at once for the same contact.');
    await tellRefusal(parts, requested, refusal);
  }
}

async function start(parts: IngestParts, { detail, id }: RequestedStart): Promise<void> {
  const request = parseRequest(StartRequestedSchema, detail);
  const organization = request.organization.toLowerCase();
  const caller = await actingUser(parts, organization, request.user?.toLowerCase());
  const once: Once = {
    key: recordKeyOf(organization, `event ${request.id ?? id}`),
    fingerprint: fingerprintOf('event', Buffer.from(JSON.stringify(detail))),
    field: 'id',
    keptSeconds: KEPT_SECONDS,
  };
  await startConversation(parts, caller, { ...request, organization }, once);
}

async function tellRefusal(
  { bus, clock, observe }: IngestParts,
  requested: RequestedStart,
  { code, details }: RequestError,
): Promise<void> {
  const names = { id: requested.id, ...namesIn(requested.detail) };
  const { organization } = names;
  observe.count('StartRefused');
  observe.warn('A request by event was refused.', { code, ...(organization !== undefined && { organization }) });
  const untold = await bus.put([
    {
      version: '1',
      event: 'conversation.start.refused',
      ...names,
      code,
      fields: details.map(({ path }) => path),
      at: new Date(clock.now()).toISOString(),
    },
  ]);
  if (untold.length > 0) throw new TryLaterError('The bus did not take that a request was refused.');
}

/** What an event says of itself that may be repeated, where it says it. */
function namesIn(detail: unknown): { id?: string; organization?: string } {
  const { id, organization } = StartRequestedSchema.shape;
  const { data: names } = id.safeParse((detail as { id?: unknown } | null)?.id);
  const { data: whose } = organization.safeParse((detail as { organization?: unknown } | null)?.organization);
  return { ...(names !== undefined && { id: names }), ...(whose !== undefined && { organization: whose }) };
}
