import type { Conversation } from '../../shared/domain/conversation.ts';
import type { Message } from '../../shared/domain/message.ts';
import { nextAttempt, UNKNOWN_ERROR } from '../../shared/domain/unclear.ts';
import { resolveUnknown, type SendOutcome } from '../../shared/store/deliveries.ts';
import type { WorkerParts } from './parts.ts';
import type { Step } from './step.ts';

/**
 * Nobody could tell within the window whether an attempt reached the contact. Email goes out again: a second copy does
 * less harm than none. SMS is looked up where it was sent. WhatsApp is given up, unless the organization wants it again.
 */
export async function resolveUnclear(
  parts: WorkerParts,
  conversation: Conversation,
  own: Message,
  now: number,
): Promise<Step> {
  if (own.touchpoint === 'sms') {
    const { conversation: id, key, organization, attempt } = own;
    await parts.deliveries.sms.send([
      { body: { conversation: id, key, organization, attempt, resolve: true }, group: organization },
    ]);
    return 'done';
  }
  const again = own.touchpoint === 'email' || (await resendsWhatsapp(parts, conversation));
  const verdict: SendOutcome = again
    ? nextAttempt(own.attempt, now, own.error)
    : { state: 'failed', error: UNKNOWN_ERROR };
  const outcome = await resolveUnknown(parts.table, own, { attempt: own.attempt, now, lookedUp: false }, verdict);
  const metric = verdict.state === 'failed' ? 'MessageFailed' : 'MessageSentAgain';
  if (outcome.changed) parts.observe.count(metric, 1, own.touchpoint);
  return 'again';
}

const resendsWhatsapp = async (parts: WorkerParts, conversation: Conversation): Promise<boolean> =>
  (await parts.configuration.organization(conversation.organization))?.organization.settings.resendUnknownWhatsapp ===
  true;
