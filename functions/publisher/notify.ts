import type { Webhook } from '../../shared/contracts/configuration.ts';
import type { Notification } from '../../shared/contracts/queue-messages.ts';
import { type Answered, judge, judgeRefusal, type Refusal } from '../../shared/domain/notifying.ts';
import { type Invocation, TryLaterError } from '../../shared/queue/consume.ts';
import { delaySecondsUntil } from '../../shared/queue/send.ts';
import { getService } from '../../shared/store/configuration.ts';
import { keepGivenUp } from '../../shared/store/given-up.ts';
import { openSecrets } from '../../shared/webhooks/secrets.ts';
import { signatureHeaders } from '../../shared/webhooks/signature.ts';
import type { Health } from './health.ts';
import type { NotifyParts } from './parts.ts';
import { payloadOf } from './payload.ts';
import { takeAnswer } from './take-answer.ts';

const UNANSWERED: Answered = { kind: 'failure', code: 'timeout' };

/**
 * Tells a webhook of an event, at least once, by what is known of it now. What it does not take comes again, and is kept
 * after the last try. Nothing is told of what is gone meanwhile, nor to a webhook that is. Throws TryLaterError with too
 * little time left.
 */
export async function notify(
  parts: NotifyParts,
  health: Health,
  notification: Notification,
  invocation: Invocation,
): Promise<void> {
  const { clock, settings } = parts;
  const { notBefore } = notification;
  if (notBefore !== undefined && notBefore > clock.now()) return again(parts, notification, notBefore);
  if (invocation.remainingMs() < settings.minRemainingMs) throw new TryLaterError('Too little time left to notify.');
  const webhook = await findWebhook(parts, notification);
  if (!webhook) return;
  if (webhook.status !== 'active') return giveUp(parts, notification, webhook.status);
  const restsUntil = health.restsUntil(webhook);
  if (restsUntil !== undefined) return rest(parts, notification, restsUntil);
  const payload = await payloadOf(parts, notification);
  if (payload) await tell(parts, { health, webhook, notification, body: JSON.stringify(payload) });
}

/** From memory while that says it is active; it may have become so since. */
async function findWebhook(parts: NotifyParts, { owner, service }: Notification): Promise<Webhook | undefined> {
  const configuration = await parts.configuration.organization(owner);
  const known = configuration?.webhooks.find(({ id }) => id === service);
  if (known?.status === 'active') return known;
  const found = await getService(parts.table, owner, service);
  return found?.type === 'webhook' ? found : undefined;
}

interface Telling {
  readonly health: Health;
  readonly webhook: Webhook;
  readonly notification: Notification;
  readonly body: string;
}

async function tell(parts: NotifyParts, { health, webhook, notification, body }: Telling): Promise<void> {
  const result = await parts.requester.send('POST', webhook.url, {
    headers: await headersFor(parts, webhook, body),
    body,
    timeoutMs: parts.settings.timeoutMs,
  });
  const verdict = judge(result, { ...notification, now: parts.clock.now() }, parts.settings, parts.random);
  if (verdict.next === 'taken') {
    await health.succeeded(webhook, notification.attempt > 0);
    parts.observe.count('WebhookTaken');
    if (result.kind === 'answer') await takeAnswer(parts, notification, result.body);
    return;
  }
  parts.observe.count('WebhookFailed');
  await health.failed(webhook, verdict.code);
  await putOff(parts, notification, verdict);
}

/** As though it had been asked and had not answered again: what there is for it comes ever less often. */
async function rest(parts: NotifyParts, notification: Notification, until: number): Promise<void> {
  const now = parts.clock.now();
  const refusal = judgeRefusal(UNANSWERED, { ...notification, now }, parts.settings, parts.random);
  await putOff(parts, notification, { ...refusal, delayMs: Math.max(until - now, refusal.delayMs) });
}

/** Until it is tried again, or for good. */
async function putOff(parts: NotifyParts, notification: Notification, { next, code, delayMs }: Refusal): Promise<void> {
  if (next === 'give-up') return giveUp(parts, notification, code);
  await again(parts, { ...notification, attempt: notification.attempt + 1 }, parts.clock.now() + delayMs);
}

async function headersFor({ pepper }: NotifyParts, webhook: Webhook, body: string): Promise<Record<string, string>> {
  const { secret, authorization } = openSecrets(await pepper(), webhook);
  return {
    'content-type': 'application/json',
    accept: 'application/json',
    'user-agent': 'Overture',
    ...signatureHeaders(secret, body),
    ...(authorization && { authorization }),
  };
}

/** Back to the queue until a moment, in hops where it is further ahead than a queue keeps. */
async function again(parts: NotifyParts, notification: Notification, notBefore: number): Promise<void> {
  const { hopSeconds } = parts.settings;
  const delaySeconds = Math.min(hopSeconds, delaySecondsUntil(notBefore, parts.clock.now()));
  await parts.notifications.send([{ body: { ...notification, notBefore }, group: notification.service, delaySeconds }]);
}

async function giveUp(parts: NotifyParts, notification: Notification, code: string): Promise<void> {
  await keepGivenUp(parts.table, notification, code, parts.clock.now());
  parts.observe.count('WebhookGivenUp');
}
