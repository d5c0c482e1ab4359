import { createApi } from '../../functions/api/serve.ts';
import { createHooks } from '../../functions/hooks/serve.ts';
import { stages } from '../../infra/stages.ts';
import { RequestError } from '../../shared/domain/errors.ts';
import type { Touchpoint } from '../../shared/domain/touchpoint.ts';
import type { HttpRequest, HttpResponse } from '../../shared/http/handler.ts';
import type { ConsentEvent, ProviderEvent, ProviderName } from '../../shared/providers/provider.ts';
import { FUNCTION_MS } from './functions.ts';
import { type Asked, count, type Moment, type Reported } from './history.ts';
import type { Common, PartsOf } from './parts.ts';
import { RECEIVER } from './people.ts';
import { CARRIED, type Callback } from './providers.ts';
import type { Process } from './scheduler.ts';

/** What a client asks of the API. */
export interface Ask extends Pick<Asked, 'name' | 'person' | 'kind' | 'path' | 'body' | 'subject'> {
  readonly method?: 'POST' | 'PATCH' | 'DELETE';
  /** `Idempotency-Key`. */
  readonly key?: string;
  /** Called when it was answered or cut off. */
  ended?(asked: Asked): void;
}

/** A contact's message to a service. */
export interface Reply {
  readonly person: number;
  readonly telephone: string;
  readonly provider: ProviderName;
  readonly text: string;
  readonly id: string;
}

/** A provider's word that a contact wants nothing more. */
export interface Told extends Pick<ConsentEvent, 'touchpoint' | 'address' | 'change'> {
  readonly person: number;
}

/** Everybody outside who calls by HTTP. */
export interface Callers {
  /** A client's request. */
  request(ask: Ask): void;
  /** The provider calls until its report is taken. */
  callback(callback: Callback): void;
  /** The provider calls until the reply is taken. */
  reply(reply: Reply): void;
  /** The provider calls until its word is taken. */
  tell(told: Told): void;
}

const CARRIER: Readonly<Record<Touchpoint, ProviderName>> = { email: 'ses', sms: 'twilio', whatsapp: 'whatsapp' };
const API_MS = stages.prod.apiTimeoutSeconds * 1000;
const CALLBACK_TRIES = 4;
const REPEAT_MS = 1_000;

export function createCallers({ scheduler, history, setting }: Common, partsOf: PartsOf): Callers {
  let requests = 0;
  const http = (method: string, path: string, body: unknown, key?: string): HttpRequest => ({
    method,
    path,
    rawQuery: '',
    query: {},
    headers: {
      authorization: 'Bearer simulated',
      'content-type': 'application/json',
      ...(key !== undefined && { 'idempotency-key': key }),
    },
    body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
    requestId: `request ${++requests}`,
  });
  const moment = (): Moment => ({ at: scheduler.now(), step: scheduler.step() });

  function request({ method = 'POST', ended, ...ask }: Ask): void {
    const asked: Asked = { ...ask, started: moment(), process: 0 };
    scheduler.spawn({
      name: ask.name,
      lifeMs: API_MS,
      work: async (process) => {
        Object.assign(asked, { process: process.id });
        history.asked.push(asked);
        const log = (...words: unknown[]) => scheduler.log(ask.name, `#${process.id}`, ...words);
        log(method, ask.path, JSON.stringify(ask.body), ask.key ?? '');
        const answer = await answerOf(createApi(partsOf(process))(http(method, ask.path, ask.body, ask.key)));
        await process.pause();
        asked.answered = moment();
        asked.isReplayed = answer.headers?.['idempotency-replayed'] === 'true';
        asked.status = answer.statusCode;
        count(history, `${ask.kind} ${asked.isReplayed ? 'again ' : ''}${answer.statusCode}`);
        asked.answer = JSON.parse(answer.body ?? 'null');
        log(
          'answers',
          answer.statusCode,
          asked.isReplayed ? 'again' : '',
          (answer.statusCode ?? 500) < 300 ? '' : answer.body,
        );
      },
      ended: () => ended?.(asked),
    });
  }

  function call(name: string, provider: ProviderName, event: ProviderEvent, done: (process: Process) => void): void {
    const path = `/v2/hooks/${provider}/${setting.serviceOf(provider).id}`;
    const go = (tries: number): void => {
      scheduler.spawn({
        name,
        lifeMs: FUNCTION_MS,
        work: async (process) => {
          scheduler.log(name, `#${process.id}`, JSON.stringify(event));
          await createHooks(partsOf(process))(http('POST', path, event));
          done(process);
        },
        ended: ({ how }) => {
          if (how !== 'done' && tries < CALLBACK_TRIES)
            scheduler.at(scheduler.now() + tries * REPEAT_MS, () => go(tries + 1));
        },
      });
    };
    go(1);
  }

  function callback({ provider, event, sent }: Callback): void {
    const { correlation, status } = event;
    if (!correlation) return;
    const reported: Reported = { place: correlation, attempt: correlation.attempt, status };
    history.reports.push(reported);
    call('report', provider, event, () => {
      reported.done = moment();
      sent.known ??= moment();
    });
  }

  function reply({ person, telephone, provider, text, id }: Reply): void {
    const asked: Asked = {
      name: `reply ${id}`,
      person,
      kind: 'reply',
      path: '',
      body: { telephone, provider, text },
      started: moment(),
      process: 0,
    };
    history.asked.push(asked);
    const event = {
      kind: 'inbound',
      providerId: id,
      touchpoint: CARRIED[provider],
      from: telephone,
      to: RECEIVER,
      text,
      media: [],
    } as const;
    call(asked.name, provider, event, () => {
      asked.answered = moment();
      asked.status = 200;
    });
  }

  function tell({ person, touchpoint, address, change }: Told): void {
    const body = { touchpoint, address, change };
    const name = `word that ${person} wants nothing by ${touchpoint}`;
    const asked: Asked = { name, person, kind: 'told', path: '', body, started: moment(), process: 0 };
    history.asked.push(asked);
    call(name, CARRIER[touchpoint], { kind: 'consent', ...body, reason: 'simulated' }, () => {
      asked.answered = moment();
      asked.status = 200;
    });
  }

  return { request, callback, reply, tell };
}

async function answerOf(response: Promise<HttpResponse>): Promise<HttpResponse> {
  try {
    return await response;
  } catch (error) {
    const known = error instanceof RequestError;
    const code = known ? error.code : 'internal_error';
    return { statusCode: known ? error.status : 500, body: JSON.stringify({ code, message: String(error) }) };
  }
}
