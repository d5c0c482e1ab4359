import { describe, expect, test } from 'vitest';
import { judge } from '../../../shared/domain/evidence.ts';
import type { Message } from '../../../shared/domain/message.ts';
import type {
  CallbackRequest,
  DeliveryEvent,
  DeliveryStatus,
  Provider,
  ProviderEvent,
  QueuedEvent,
  Rejected,
  SendRequest,
} from '../../../shared/providers/provider.ts';
import { aMessage, permutations } from '../../support/builders.ts';
import { CORRELATION } from '../builders.ts';
import { closedUrl, type ProviderServer, type Script } from '../provider-server.ts';
import { describeErrorRows, type ErrorRows } from './error-rows.ts';

/** How a provider reports on a message; absent while it does not. */
export interface Reports {
  /** What the adapter makes of this status of the provider's, as a signed callback or an event of our queue. */
  read(word: string, more?: Readonly<Record<string, unknown>>): readonly ProviderEvent[];
  /** The provider's words, by what they mean; one that it may invent tomorrow is `unknown`. */
  readonly words: Readonly<Partial<Record<DeliveryStatus, string>>>;
  readonly unknown: string;
  /** Whether reports carry our correlation; else the provider's id finds the message. */
  readonly echoes: boolean;
}

/** One provider by one touchpoint, as the suite needs it. */
export interface Harness {
  create(url: string): Provider;
  readonly request: SendRequest;
  /** The answers to what comes before the message, when all is there already. */
  readonly before: readonly Script[];
  readonly accepted: Script;
  readonly providerId: string;
  readonly throttled: Script;
  readonly broken: Script;
  readonly codes?: ErrorRows;
  /** What else the provider may refuse with, and what that means. */
  readonly errors: readonly (readonly [what: string, answer: Script, expected: Partial<Rejected>])[];
  readonly reports?: Reports;
  readonly callbacks?: {
    readonly secret: SendRequest['secret'];
    readonly genuine: CallbackRequest;
    /** What must not be believed, and the secret where that is what is wrong. */
    readonly forged: readonly (readonly [what: string, request: CallbackRequest, secret?: SendRequest['secret']])[];
  };
  /** Events that are not for this provider, or not as AWS makes them. */
  readonly foreign?: readonly QueuedEvent[];
}

const NOW = Date.parse('2026-11-22T10:00:00Z');

/** What every provider promises, whatever it speaks. */
export function describeContract(name: string, harness: Harness, server: () => ProviderServer): void {
  describe(`${name}, as every provider,`, () => {
    const provider = () => harness.create(server().url);
    const script = (...answers: Script[]) => server().script(...harness.before, ...answers);
    const calls = () => server().requests.length;
    const { request, before, accepted, providerId } = harness;

    test('takes a message with one call, and says under which id', async () => {
      script(accepted);
      expect(await provider().send(request)).toEqual({ outcome: 'accepted', providerId });
      expect(calls()).toBe(before.length + 1);
    });

    test('sends after a throttling, which says that nothing was sent', async () => {
      script(harness.throttled, ...before, accepted);
      expect(await provider().send(request)).toMatchObject({ outcome: 'rejected', class: 'throttled' });
      expect(await provider().send(request)).toEqual({ outcome: 'accepted', providerId });
    });

    test.each<[string, () => Script, string]>([
      ['no answer comes', () => 'hang', 'timeout'],
      ['the connection drops', () => 'drop', 'connection_lost'],
      ['the answer is a bare 500', () => ({ status: 500, body: 'oops' }), 'http_500'],
      ['the answer is a 500 of its own', () => harness.broken, ''],
    ])('may have sent it when %s, and does not try again', async (_, answer, code) => {
      script(answer());
      const result = await provider().send({ ...request, timeoutMs: 400 });
      expect(result).toMatchObject({ outcome: 'rejected', class: 'ambiguous', ...(code && { code }) });
      expect(calls()).toBe(before.length + 1);
    });

    test('has not sent it when nobody listens', async () => {
      const nobody = harness.create(await closedUrl());
      expect(await nobody.send(request)).toMatchObject({ class: 'retryable', code: 'connection_refused' });
    });

    test.each(before.map((_, index) => index))('has not sent it when call %i before it fails', async (index) => {
      for (const answer of ['hang', 'drop', harness.broken] as const) {
        server().script(...before.slice(0, index), answer);
        const result = await provider().send({ ...request, timeoutMs: 400 });
        expect(result).toMatchObject({ outcome: 'rejected', class: 'retryable' });
        expect(calls()).toBe(index + 1);
      }
    });

    test.each(harness.errors)('reads %s as it is meant', async (_, answer, expected) => {
      script(answer);
      expect(await provider().send(request)).toMatchObject({ outcome: 'rejected', ...expected });
    });

    if (harness.codes) {
      describeErrorRows(harness.codes, (answer) => {
        script(answer);
        return provider().send(request);
      });
    }

    test('refuses an email or a text it does not carry without a call', async () => {
      script(accepted);
      const content =
        request.touchpoint === 'email'
          ? ({ kind: 'text', text: 't' } as const)
          : ({ kind: 'email', subject: 's', text: 't' } as const);
      expect(await provider().send({ ...request, content })).toMatchObject({ code: 'unsupported_content' });
      expect(calls()).toBe(0);
    });

    test('refuses to send as nobody, without a call', async () => {
      script(accepted);
      const nobody = { ...request, service: { ...request.service, params: {} } };
      expect(await provider().send(nobody)).toMatchObject({ class: 'permanent' });
      expect(calls()).toBe(0);
    });

    if (harness.reports) describeReports(provider, harness.reports);
    if (harness.callbacks) describeCallbacks(provider, harness.callbacks);
    if (harness.foreign) describeForeign(provider, harness.foreign);
  });
}

function describeReports(provider: () => Provider, reports: Reports): void {
  const { words } = reports;
  const reported = (word: string): DeliveryEvent => {
    const event = reports.read(word)[0];
    if (event?.kind !== 'delivery') throw new Error(`"${word}" is no report of a delivery.`);
    return event;
  };
  const end = (statuses: readonly DeliveryStatus[]) =>
    statuses.map((status) => reported(words[status] ?? '')).reduce(apply, sending());
  const happy = (['accepted', 'sent', 'delivered', 'read'] as const).filter((status) => words[status]);
  const sad = (['sent', 'failed'] as const).filter((status) => words[status]);

  test.each(Object.entries(words))('reports %s by %s', (status, word) => {
    const event = reported(word);
    expect(event.status).toBe(status);
    expect(event.providerId).not.toBe('');
    expect(event.correlation).toEqual(reports.echoes ? CORRELATION : undefined);
    const isFailure = status === 'failed' || status === 'expired';
    expect(event.error === undefined).toBe(!isFailure);
  });

  test('says that the provider’s id finds the message exactly where no correlation comes back', () =>
    expect(provider().needsPointer ?? false).toBe(!reports.echoes));

  test('has one end of a message, in whatever order its reports come, each twice', () => {
    for (const order of permutations(happy)) {
      expect(end([...order, ...order])).toMatchObject({ state: 'sent', receipt: { status: happy.at(-1) } });
    }
    for (const order of permutations(sad)) expect(end([...order, ...order]).receipt?.status).toBe('failed');
    if (words.failed) {
      for (const order of permutations(['failed', 'delivered'] as const)) {
        expect(end([...order, ...order]).receipt?.status).toBe('delivered');
      }
    }
  });

  test('makes nothing of a status that it does not know', () => expect(reports.read(reports.unknown)).toEqual([]));

  test('ignores what is new in a report', () => {
    const [word = ''] = Object.values(words);
    expect(reports.read(word, { invented_tomorrow: { deep: [1] } })).toEqual(reports.read(word));
  });
}

const sending = (): Message => aMessage({ state: 'sending', attempt: CORRELATION.attempt, key: CORRELATION.key });

function apply(message: Message, { status, error, correlation = CORRELATION }: DeliveryEvent): Message {
  const judgement = judge(message, { attempt: correlation.attempt, status, at: NOW, ...(error && { error }) });
  return judgement ? { ...message, ...judgement } : message;
}

function describeCallbacks(provider: () => Provider, callbacks: NonNullable<Harness['callbacks']>): void {
  const { genuine, forged } = callbacks;

  test('reads a callback that its secret vouches for', () =>
    expect(provider().parseCallback?.(genuine, callbacks.secret)).toMatchObject({ verified: true }));

  test.each(forged.map(([what, request, secret = callbacks.secret]) => ({ what, request, secret })))(
    'does not read a callback $what',
    ({ request, secret }) => expect(provider().parseCallback?.(request, secret)).toMatchObject({ verified: false }),
  );
}

function describeForeign(provider: () => Provider, foreign: readonly QueuedEvent[]): void {
  test.each(foreign)('makes nothing of an event that is not its own: $source $detailType $detail', (event) =>
    expect(provider().parseEvent?.(event, NOW)).toEqual([]),
  );
}
