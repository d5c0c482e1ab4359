import type { Touchpoint } from '../../shared/domain/touchpoint.ts';
import type {
  DeliveryEvent,
  LookupRequest,
  LookupResult,
  Provider,
  ProviderName,
  Rejected,
  SendRequest,
  SendResult,
} from '../../shared/providers/provider.ts';
import type { History, Sent } from './history.ts';
import type { Process, Scheduler } from './scheduler.ts';

/** A callback that a provider makes. */
export interface Callback {
  readonly provider: ProviderName;
  readonly service: string;
  readonly event: DeliveryEvent;
  readonly sent: Sent;
}

export interface ProviderWorld {
  readonly scheduler: Scheduler;
  readonly history: History;
  callback(callback: Callback): void;
}

/** The touchpoint that each provider carries here. */
export const CARRIED: Readonly<Record<ProviderName, Touchpoint>> = {
  ses: 'email',
  twilio: 'sms',
  whatsapp: 'whatsapp',
  'aws-sms': 'sms',
  'aws-social': 'whatsapp',
  sunshine: 'sms',
};
/** What a provider took is on its list no later than this. */
const LISTED_AFTER_MS = 2_000;
const LOOKUP_SLACK_MS = 2_000;
const TIMEOUT_MS = 10_000;

type Turn = 'accepted' | 'permanent' | 'throttled' | 'refused' | 'opted out' | 'ambiguous';
interface Fate {
  readonly turn: Turn;
  /** Whether and when the provider takes it, in milliseconds after it left. */
  readonly acceptedAfter: number | undefined;
  readonly answeredAfter: number;
}

function decide({ random, fault }: Scheduler): Fate {
  const quick = random.below(1500);
  if (fault('ambiguous')) {
    const timesOut = random.chance(0.5);
    const late = timesOut && random.chance(0.3);
    return {
      turn: 'ambiguous',
      acceptedAfter: random.chance(0.6) ? (late ? 9_000 + random.below(6_000) : quick) : undefined,
      answeredAfter: timesOut ? TIMEOUT_MS : quick + random.below(1500),
    };
  }
  const answeredAfter = quick + random.below(1500);
  if (fault('refusal')) {
    const turn = random.pick(['permanent', 'throttled', 'throttled', 'refused', 'refused', 'opted out'] as const);
    return { turn, acceptedAfter: undefined, answeredAfter };
  }
  return { turn: 'accepted', acceptedAfter: quick, answeredAfter };
}

const rejected = (turn: Exclude<Turn, 'accepted'>): Rejected => {
  const failure = (failureClass: Rejected['class'], scope: Rejected['scope']) =>
    ({ outcome: 'rejected', class: failureClass, scope, code: turn, message: `The provider says: ${turn}.` }) as const;
  switch (turn) {
    case 'permanent':
      return failure('permanent', 'recipient');
    case 'opted out':
      return { ...failure('permanent', 'recipient'), effect: 'opt_out' };
    case 'throttled':
      return { ...failure('throttled', 'account'), retryAfterMs: 2_000 };
    case 'refused':
      return failure('retryable', 'request');
    case 'ambiguous':
      return failure('ambiguous', 'request');
  }
};

/** A provider as one invocation has it. */
export function createProvider(world: ProviderWorld, process: Process, name: ProviderName): Provider {
  const provider: Provider = {
    name,
    touchpoints: [CARRIED[name]],
    send: (request) => send(world, process, name, request),
    parseCallback: ({ body }) => ({
      verified: true,
      events: [JSON.parse(body.toString('utf8'))],
      answer: { status: 200, contentType: 'text/plain', body: '' },
    }),
  };
  return name === 'twilio' ? { ...provider, lookup: (request) => lookup(world, process, request) } : provider;
}

async function send(
  world: ProviderWorld,
  process: Process,
  name: ProviderName,
  request: SendRequest,
): Promise<SendResult> {
  const { scheduler, history } = world;
  await process.pause();
  const { turn, acceptedAfter, answeredAfter } = decide(scheduler);
  const { conversation, key, attempt } = request.correlation;
  const claimed = history.claims.findLast((claim) => claim.process === process.id)?.when;
  const left = { at: scheduler.now(), step: scheduler.step() };
  const sent: Sent = {
    request,
    touchpoint: CARRIED[name],
    left,
    claimed,
    looked: history.looks.get(process.id),
    consented: history.consentLooks.get(process.id),
    providerId: `${name}-${history.sent.length + 1}`,
  };
  history.sent.push(sent);
  scheduler.log(process.name, `#${process.id}`, 'SENDS', conversation, key, attempt, turn, acceptedAfter ?? 'never');
  if (acceptedAfter !== undefined) scheduler.at(left.at + acceptedAfter, () => take(world, name, sent));
  await process.pause(answeredAfter);
  if (turn !== 'accepted') return rejected(turn);
  take(world, name, sent);
  return { outcome: 'accepted', providerId: sent.providerId };
}

function take(world: ProviderWorld, provider: ProviderName, sent: Sent): void {
  if (sent.accepted) return;
  const { scheduler } = world;
  const { random } = scheduler;
  const { conversation, key, attempt } = sent.request.correlation;
  sent.accepted = { at: scheduler.now(), step: scheduler.step() };
  sent.fate = random.chance(0.05) ? 'failed' : 'sent';
  scheduler.log(provider, 'TAKES', conversation, key, attempt, sent.providerId, sent.fate);
  const statuses =
    sent.fate === 'failed'
      ? (['failed'] as const)
      : random.chance(0.5)
        ? (['sent', 'delivered'] as const)
        : (['sent'] as const);
  for (const status of statuses) {
    if (scheduler.fault('callbackLost')) continue;
    for (let copies = scheduler.fault('callbackTwice') ? 2 : 1; copies > 0; copies--) {
      const wait = scheduler.fault('callbackLate') ? 600_000 : random.chance(0.4) ? 1_500 : 40_000;
      const event: DeliveryEvent = {
        kind: 'delivery',
        providerId: sent.providerId,
        correlation: sent.request.correlation,
        status,
        ...(status === 'failed' && {
          error: { code: 'bounced', message: 'It came back.', class: 'permanent' as const },
        }),
      };
      const callback = { provider, service: sent.request.service.id, event, sent };
      scheduler.at(scheduler.now() + random.below(wait), () => world.callback(callback));
    }
  }
}

async function lookup(
  { scheduler, history }: ProviderWorld,
  process: Process,
  request: LookupRequest,
): Promise<LookupResult> {
  await process.pause(scheduler.random.below(1500));
  if (scheduler.fault('ambiguous')) return { outcome: 'unclear', message: 'The list does not load.' };
  const listed = history.sent.filter(
    ({ accepted, request: made }) =>
      accepted !== undefined &&
      made.to === request.to &&
      made.service.id === request.service.id &&
      made.content.text === request.content.text &&
      accepted.at >= request.since - LOOKUP_SLACK_MS &&
      accepted.at < scheduler.now() - LISTED_AFTER_MS,
  );
  const providerIds = listed.map(({ providerId }) => providerId);
  return providerIds.length > 0 ? { outcome: 'found', providerIds } : { outcome: 'absent' };
}
