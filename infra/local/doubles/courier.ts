import { Agent as HttpAgent, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';

/** An HTTP status, or why there is none. */
export type Outcome = number | 'unreachable' | 'timeout';

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly retries: number;
  readonly retryOn: (outcome: Outcome) => boolean;
}

export type Courier = ReturnType<typeof createCourier>;

const ANSWER_WITHIN_MS = 15_000;
/** Minutes at the providers, seconds here. */
const backoffMs = (retry: number) => Math.min(250 * 3 ** retry, 10_000);

/** Carries the providers' calls to our webhooks, at most so often as `retries` and `retryOn` say. */
export function createCourier() {
  const stopping = new AbortController();
  const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };

  /** By `node:http`: there are three callbacks to a message, and `fetch` costs more. */
  function attempt(post: Post): Promise<Outcome> {
    const { url, headers, body } = post;
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const secure = url.startsWith('https:');
    const options = { method: 'POST', headers, agent: secure ? agents.https : agents.http, signal: stopping.signal };
    const call = (secure ? requestHttps : requestHttp)(url, options, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
      response.on('error', () => resolve('unreachable'));
    });
    let timedOut = false;
    // A kept connection may have been closed while it idled; that says nothing about our webhook.
    const again = () => call.reusedSocket && !timedOut && !stopping.signal.aborted;
    call.on('error', () => resolve(again() ? attempt(post) : 'unreachable'));
    call.setTimeout(ANSWER_WITHIN_MS, () => {
      timedOut = true;
      resolve('timeout');
      call.destroy();
    });
    call.end(body);
    return promise;
  }

  async function repeat(post: Post, first: Outcome): Promise<void> {
    let outcome = first;
    for (let retry = 0; retry < post.retries && post.retryOn(outcome); retry += 1) {
      await pause(backoffMs(retry), undefined, { signal: stopping.signal });
      outcome = await attempt(post);
    }
    if (post.retryOn(outcome)) console.error(`doubles: gave up calling ${new URL(post.url).pathname} (${outcome})`);
  }

  return {
    /** Answers with the first attempt's outcome; the others follow unattended. */
    async send(post: Post): Promise<Outcome> {
      const first = await attempt(post);
      repeat(post, first).catch(ignoreStop);
      return first;
    },
    /** Runs `step` after `ms`, unless the doubles stop before. */
    later(ms: number, step: () => void): void {
      pause(ms, undefined, { signal: stopping.signal }).then(step).catch(ignoreStop);
    },
    stop(): void {
      stopping.abort();
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

/** What a phone network takes from one status to the next, shortened. */
export const networkDelayMs = () => 20 + Math.random() * 130;

const ignoreStop = (error: unknown): void => {
  if (!(error instanceof Error && error.name === 'AbortError')) console.error('doubles:', error);
};
